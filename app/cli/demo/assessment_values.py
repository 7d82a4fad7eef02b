"""Invented numbers of a round: what parks declare, what the zone says, each park a little weaker."""

from __future__ import annotations

from typing import Any

POLICIES = ("发展规划", "入退园管理", "财务管理", "安全生产与消防", "统计与数据管理", "投诉与应急")
OFFERED = (
    "通关申报",
    "仓储物流",
    "收结汇",
    "出口退税",
    "融资信保",
    "法律与知识产权",
    "海外营销",
    "人才培训",
)
MODES = ("9610", "9710", "9810", "1210", "1239")


def declared(at: int, strength: float) -> dict[str, Any]:
    """What park number ``at`` declares: each a little weaker than the one before."""
    scale = max(strength * (1 - 0.055 * at), 0.1)
    space = int(16_000 * scale)
    return {
        "area_cbec_m2": f"{space}",
        "area_leasable_m2": f"{int(22_000 * scale)}",
        "area_leased_m2": f"{int(22_000 * scale * (0.93 - 0.03 * at))}",
        "staff_fulltime": f"{max(9 - at, 1)}",
        "policies": list(POLICIES[: max(6 - at // 2, 1)]),
        "leaders": {
            "ge_100m": f"{int(at < 3)}",
            "ge_50m": f"{int(at < 6)}",
            "ge_10m": f"{5 - at // 3}",
        },
        "employees": f"{int(680 * scale) - 7 * at}",
        "services": list(OFFERED[: max(8 - at // 2, 2)]),
        "events": {"host": f"{max(7 - at, 1)}", "undertake": f"{at % 3}"},
        "started": f"{max(8 - at, 0)}",
        "innovation": "建立一站式退货与质检中心，企业退货处理时间由七天缩短到两天。",
        "P1": {"provincial": f"{int(at == 0)}", "municipal": f"{int(at < 4)}"},
    }


def stated(at: int, strength: float) -> dict[str, Any]:
    """What authorities say of park number ``at``."""
    trade = 128_000 * max(1 - 0.08 * at, 0.05)
    return {
        "stat_due": "12",
        "stat_on_time": f"{12 - at // 3}",
        "modes": list(MODES[: max(4 - at // 3, 1)]),
        "trade_cur": f"{trade * strength * (1 + 0.01 * (at % 4)):.2f}",
        "trade_prev": f"{trade * strength * 0.9:.2f}",
        "satisfaction": f"{95 - 2.5 * at:.1f}",
        "inspection": "none" if at < 5 else "rectified" if at < 9 else "partly",
        "N3": {"general": f"{int(at == 7)}"},
        "N4": f"{int(at == 9)}",
    }

"""Pages of the dress with made-up data: rendered by tests, looked at with ``python -m tests.support.preview``.

The second way starts a site on port 8099 with one address per page; nothing here is shipped.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.core import clock
from app.web import ui
from app.web.listing.page import (
    BulkAct,
    Cell,
    Chip,
    Column,
    Control,
    Empty,
    Fact,
    FormPage,
    HistoryItem,
    Link,
    ListPage,
    MergeField,
    Pager,
    Row,
    ShowPage,
    Tab,
    ViewLink,
)

MENU: list[Any] = [
    {"name": "Desk", "icon": "layout-dashboard", "label": "工作台", "url": "/desk/"},
    {
        "name": "Services",
        "icon": "",
        "label": "园区服务",
        "childs": [
            {
                "name": "EnterpriseView",
                "icon": "building-factory-2",
                "label": "企业管理",
                "url": "/desk/enterprises/list/",
            },
            {"name": "Jobs", "icon": "file-upload", "label": "导入记录", "url": "/desk/imports/"},
            {"name": "Trash", "icon": "trash", "label": "回收站", "url": "/desk/trash/"},
        ],
    },
    {
        "name": "System",
        "icon": "",
        "label": "系统管理",
        "childs": [
            {"name": "Users", "icon": "users", "label": "用户", "url": "/desk/users/"},
            {"name": "Trail", "icon": "shield-check", "label": "审计日志", "url": "/desk/trail/"},
        ],
    },
]
FIRMS = (
    ("海南黎锦文创出海有限公司", "卖家、生产企业", "9710", "黄测试", "742.30", "在园", "success"),
    ("三亚鹿回头品牌管理有限公司", "卖家", "9710", "邢测试", "1,208.42", "暂停", "warning"),
    ("三亚星澜信息技术有限公司", "平台、服务商", "9610", "苏测试", "3,387.66", "迁出", "muted"),
    ("海南热岛生鲜出口有限公司", "卖家", "9710", "陈测试", "3,975.60", "在园", "success"),
    ("三亚海丝通关服务有限公司", "服务商", "9710、9810", "符测试", "", "在园", "success"),
    ("海南蓝途跨境物流有限公司", "服务商", "9610、9710", "黎测试", "5,310.80", "在园", "success"),
    ("海南椰岛优品电子商务有限公司", "卖家", "9710、9810", "符测试", "8,642.35", "注销", "danger"),
    ("三亚启航国际贸易有限公司", "卖家", "9710、1210", "郑测试", "15,033.74", "在园", "success"),
)
COLUMNS = (
    Column(
        "name",
        "企业名称",
        sort_url="/desk/enterprises/list/?sort=name",
        aria_sort="none",
        frozen=True,
    ),
    Column("credit_code", "统一社会信用代码"),
    Column("roles", "企业角色"),
    Column("modes", "监管方式"),
    Column("contact", "联系人"),
    Column(
        "sales",
        "年销售额",
        sort_url="/desk/enterprises/list/?sort=sales",
        aria_sort="none",
        numeric=True,
        unit="万元",
    ),
    Column(
        "settled_on",
        "入驻日期",
        sort_url="/desk/enterprises/list/?sort=settled_on",
        aria_sort="descending",
    ),
    Column("status", "企业状态"),
)


def row(number: int) -> Row:
    name, roles, modes, contact, sales, status, dot = FIRMS[number % len(FIRMS)]
    settled = date(2025, 10, 11) - timedelta(days=26 * number)
    return Row(
        pk=str(number + 1),
        name=name,
        cells=(
            Cell(name, url=f"/desk/enterprises/show/{number + 1}"),
            Cell(f"91460200MA5T{number:02d}XEKY", code=True),
            Cell(roles),
            Cell(modes),
            Cell(contact, muted=f"15{number % 10}****{8274 - number * 37:04d}"),
            Cell(sales),
            Cell(settled.isoformat()),
            Cell(status, dot=dot),
        ),
        acts=(
            Link("编辑", f"/desk/enterprises/edit/{number + 1}"),
            Link(
                "删除",
                f"/desk/enterprises/delete/{number + 1}",
                kind="danger",
                post=True,
                confirm=f"确定删除“{name}”吗？删除后可在回收站恢复。",
                confirm_label="删除",
            ),
        ),
        status=Cell(status, dot=dot),
    )


def list_page(rows: int = 12, **changes: Any) -> ListPage:
    here = "/desk/enterprises/list/"
    values: dict[str, Any] = {
        "title": "企业管理",
        "count_text": "共 128 家，已筛选 46 家",
        "columns": COLUMNS,
        "all_columns": (*COLUMNS, Column("staff", "员工人数", numeric=True, shown=False)),
        "rows": tuple(row(number) for number in range(rows)),
        "base_url": here,
        "search_label": "企业名称、拼音或信用代码",
        "tabs": (
            Tab("全部", here, "128", active=True),
            Tab("在园", f"{here}?status=in", "112"),
            Tab("暂停", f"{here}?status=paused", "6"),
            Tab("迁出", f"{here}?status=left", "7"),
            Tab("注销", f"{here}?status=closed", "3"),
        ),
        "controls": (
            Control(
                "roles",
                "企业角色",
                "multi",
                value=["seller", "service"],
                options=(
                    ("seller", "卖家"),
                    ("maker", "生产企业"),
                    ("platform", "平台"),
                    ("service", "服务商"),
                ),
                promoted=True,
            ),
            Control(
                "modes",
                "监管方式",
                "choice",
                options=(("9610", "9610"), ("9710", "9710")),
                promoted=True,
            ),
            Control(
                "settled_on", "入驻日期", "date_range", value=("2022-01-01", ""), promoted=True
            ),
            Control("sales", "年销售额", "number_range", value=("", ""), unit="万元"),
            Control("certified", "海关高级认证", "bool"),
            Control("contact", "联系人", "text"),
        ),
        "chips": (
            Chip("企业角色", "卖家、服务商", f"{here}?a"),
            Chip("入驻日期", "2022-01-01 至今", f"{here}?b"),
        ),
        "clear_url": here,
        "keep": (("sort", "-settled_on"),),
        "acts": (
            Link("导出", f"{here}export", icon="download"),
            Link("导入", f"{here}import", icon="upload", kind="primary"),
        ),
        "menus": {
            "导入": (
                Link("上传导入模板", "/desk/enterprises/imports/new", icon="file-upload"),
                Link("下载导入模板", "/desk/enterprises/template", icon="file-download"),
            )
        },
        "pager": Pager(
            page=1,
            pages=4,
            size=12,
            sizes=((12, f"{here}?size=12"), (25, f"{here}?size=25"), (50, f"{here}?size=50")),
            links=(
                ("1", here, True),
                ("2", f"{here}?page=2", False),
                ("…", "", False),
                ("4", f"{here}?page=4", False),
            ),
            next_url=f"{here}?page=2",
            jump_url=f"{here}?page=",
            text="共 46 条，已筛选自 128 条",
        ),
        "bulk": (
            BulkAct(
                "status",
                "批量修改状态",
                "/desk/enterprises/bulk/status",
                icon="edit",
                options=(("in", "在园"), ("paused", "暂停")),
                option_label="改为",
            ),
            BulkAct("export", "导出所选", "/desk/enterprises/bulk/export", icon="download"),
            BulkAct(
                "delete",
                "删除",
                "/desk/enterprises/bulk/delete",
                icon="trash",
                kind="danger",
                confirm="确定删除所选的 {n} 家企业吗？其中有在途申请的将跳过。",
            ),
        ),
        "total_matching": 46,
        "chooser_url": "/desk/enterprises/columns",
        "views": (ViewLink(1, "九七一零卖家", f"{here}?open=1", settings_url="/desk/views/1"),),
        "save_view_url": "/desk/enterprises/views",
        "year": "2025",
        "years": (
            ("2025", f"{here}?year=2025", True),
            ("2024", f"{here}?year=2024", False),
        ),
    }
    return ListPage(**{**values, **changes})


def empty_page() -> ListPage:
    empty = Empty(
        "no_match",
        "没有符合条件的企业",
        "企业角色为“卖家、服务商”，入驻日期 2022-01-01 至今",
        (Link("清除条件", "/desk/enterprises/list/"),),
    )
    return list_page(0, pager=None, empty=empty)


def show_page(**changes: Any) -> ShowPage:
    here = "/desk/enterprises/show/2"
    facts = (
        Fact("企业名称", Cell("三亚鹿回头品牌管理有限公司")),
        Fact("统一社会信用代码", Cell("91460200MA5T01XEKY", code=True)),
        Fact("企业状态", Cell("暂停", dot="warning")),
        Fact("企业角色", Cell("卖家")),
        Fact("监管方式", Cell("9710")),
        Fact("入驻日期", Cell("2025-09-15")),
        Fact("注册地址", Cell("测试路 26 号 3 号楼 1102 室"), wide=True),
    )
    people = (
        Fact("联系人", Cell("邢测试")),
        Fact("联系电话", Cell("150****2846"), reveal_url=f"{here}/reveal/phone"),
        Fact("邮箱", Cell("")),
    )
    history = (
        HistoryItem(
            clock.now(),
            "陈测试",
            "修改",
            (("企业状态", "在园", "暂停"), ("年销售额", "1,120.00", "1,208.42")),
            note="企业来函申请暂停经营",
        ),
        HistoryItem(clock.now(), "陈测试", "导入", (("联系电话", "", "150****2846"),), url="/x"),
        HistoryItem(clock.now(), "系统", "新增"),
    )
    values: dict[str, Any] = {
        "title": "三亚鹿回头品牌管理有限公司",
        "subtitle": "91460200MA5T01XEKY",
        "status": Cell("暂停", dot="warning"),
        "sections": (("基本信息", facts), ("联系方式", people)),
        "acts": (
            Link(
                "删除",
                "/desk/enterprises/delete/2",
                kind="danger",
                post=True,
                confirm="确定删除“三亚鹿回头品牌管理有限公司”吗？删除后可在回收站恢复。",
                confirm_label="删除",
            ),
            Link("合并", "", disabled=True, hint="没有可合并的重复记录"),
            Link("编辑", "/desk/enterprises/edit/2", kind="primary", icon="edit"),
        ),
        "tabs": (Tab("详情", here, active=True), Tab("变更记录", f"{here}?tab=history", "3")),
        "history": history,
        "breadcrumbs": (Link("园区服务", ""), Link("企业管理", "/desk/enterprises/list/")),
    }
    return ShowPage(**{**values, **changes})


class FirmForm(FlaskForm):
    """One field of every kind."""

    version = HiddenField(default="3")
    name = StringField("企业名称", validators=[InputRequired("请填写企业名称"), Length(max=60)])
    credit_code = StringField("统一社会信用代码")
    status = SelectField("企业状态", choices=[("in", "在园"), ("paused", "暂停")])
    settled_on = DateField("入驻日期")
    roles = SelectMultipleField(
        "企业角色", choices=[("seller", "卖家"), ("maker", "生产企业"), ("service", "服务商")]
    )
    certified = BooleanField("海关高级认证企业")
    sales = DecimalField("年销售额", places=2)
    staff = IntegerField("员工人数")
    licence = FileField("营业执照")
    note = TextAreaField("备注", validators=[Length(max=200)])


def form_page(*, wrong: bool = False, **changes: Any) -> FormPage:
    typed = MultiDict(
        {"version": "3", "name": "" if wrong else "三亚鹿回头品牌管理有限公司", "sales": "12a"}
    )
    form = FirmForm(formdata=typed if wrong else None, meta={"csrf": not wrong})
    if wrong:
        form.validate()
    else:
        form.process(
            None,
            data={
                "name": "三亚鹿回头品牌管理有限公司",
                "credit_code": "91460200MA5T01XEKY",
                "roles": ["seller"],
                "staff": 14,
            },
        )
    values: dict[str, Any] = {
        "title": "编辑企业",
        "form": form,
        "sections": (
            (
                "基本信息",
                ("name", "credit_code", "status", "settled_on", "roles", "certified"),
            ),
            ("年度数据", ("sales", "staff")),
            ("材料", ("licence", "note")),
        ),
        "action": "/desk/enterprises/edit/2",
        "cancel_url": "/desk/enterprises/show/2",
        "submit_label": "保存",
        "hints": {"sales": "2025 年度，含税", "name": "与营业执照一致"},
        "units": {"sales": "万元", "staff": "人"},
        "required": frozenset({"name", "status", "roles"}),
        "locked": {"credit_code": "已认证 来源：海易办 法人账号，2026-11-12 09:41"},
        "state_text": "上次保存 2026-11-20 09:41",
        "draft_key": "enterprise:2",
        "breadcrumbs": (Link("园区服务", ""), Link("企业管理", "/desk/enterprises/list/")),
    }
    return FormPage(**{**values, **changes})


def merge_page() -> FormPage:
    lines = (
        MergeField("status", "企业状态", "暂停", "迁出", before="在园"),
        MergeField("sales", "年销售额", "1,208.42", "1,120.00", before="1,000.00"),
        MergeField("note", "备注", "", "企业来函"),
    )
    return form_page(merge=lines, merged_by="李测试", submit_label="保存", state_text="共 2 处冲突")


CARDS = [
    {
        "label": "在园企业",
        "value": "112",
        "unit": "家",
        "url": "/desk/enterprises/list/",
    },
    {"label": "年销售额", "value": "4,390.75", "unit": "万元", "url": "/desk/enterprises/list/"},
    {"label": "待处理导入", "value": "1", "unit": "件", "url": "/desk/imports/"},
    {"label": "回收站", "value": "3", "unit": "家", "url": "/desk/trash/"},
]

#: page -> (path it pretends to be at, person or "", template, context)
PAGES: dict[str, tuple[str, str, str, Any]] = {
    "list": (
        "/desk/enterprises/list/?q=",
        "park1",
        "appbuilder/general/model/list.html",
        lambda: {"page": list_page()},
    ),
    "list-compact": (
        "/desk/enterprises/list/",
        "both",
        "appbuilder/general/model/list.html",
        lambda: {"page": list_page(25, density="compact", notice="该列表每日更新。")},
    ),
    "empty": (
        "/desk/enterprises/list/",
        "park1",
        "appbuilder/general/model/list.html",
        lambda: {"page": empty_page()},
    ),
    "show": (
        "/desk/enterprises/show/2",
        "park1",
        "appbuilder/general/model/show.html",
        lambda: {"page": show_page()},
    ),
    "history": (
        "/desk/enterprises/show/2",
        "park1",
        "appbuilder/general/model/show.html",
        lambda: {"page": show_page(current_tab="history")},
    ),
    "form": (
        "/desk/enterprises/edit/2",
        "park1",
        "appbuilder/general/model/edit.html",
        lambda: {"page": form_page()},
    ),
    "form-errors": (
        "/desk/enterprises/add",
        "park1",
        "appbuilder/general/model/add.html",
        lambda: {"page": form_page(wrong=True, locked={})},
    ),
    "merge": (
        "/desk/enterprises/edit/2",
        "park1",
        "appbuilder/general/model/edit.html",
        lambda: {"page": merge_page()},
    ),
    "plan": ("/desk/enterprises/imports/1", "park1", "preview_plan.html", dict),
    "progress": ("/desk/enterprises/imports/1", "park1", "preview_progress.html", dict),
    "desk": ("/desk/", "park1", "desk/desk.html", lambda: {"cards": CARDS}),
    "error": (
        "/desk/nothing",
        "park1",
        "errors/error.html",
        lambda: {
            "status": 404,
            "title": "页面不存在",
            "advice": "地址可能有误。",
            "error_id": None,
        },
    ),
    "error-500": (
        "/desk/nothing",
        "",
        "errors/error.html",
        lambda: {
            "status": 500,
            "title": "系统出错",
            "advice": "错误已记录。",
            "error_id": "ab12cd34",
        },
    ),
}


def render(app: Flask, name: str, cookies: str = "", *, query: str = "") -> str:
    """The text of a page, as the person of its entry sees it."""
    path, person, template, context = PAGES[name]
    cookie = cookies
    if person:
        cookie += f"; {app.config['SESSION_COOKIE_NAME']}={app.test_client().sign_in(person)}"
    headers = {"Cookie": cookie.lstrip("; ")}
    with app.app_context(), app.test_request_context(path + query, headers=headers):
        app.preprocess_request()
        return render_template(template, **context())


def loader(app: Flask) -> ChoiceLoader:
    """The site's templates and the two previews that are only for looking."""
    own = FileSystemLoader(Path(__file__).parent / "templates")
    return ChoiceLoader([app.jinja_env.loader, own])


def use_menu(entries: list[Any] = MENU) -> None:
    ui._entries = lambda: entries


def main() -> None:
    """A site with every page, for looking at."""
    from app import create_app
    from app.cli.deploy import deploy
    from app.core import scope
    from tests.support import people
    from tests.support.client import PageClient

    folder = tempfile.mkdtemp()
    app = create_app(APP_MODE="demo", DATA_DIR=folder, WTF_CSRF_ENABLED=True, LOG_LEVEL="ERROR")
    app.test_client_class = PageClient
    app.jinja_env.loader = loader(app)
    with app.app_context():
        deploy()
        with scope.unscoped():
            people.make_everybody()
    use_menu()

    def page(name: str) -> str:
        from flask import request

        wanted = "; ".join(f"{key}={value}" for key, value in request.args.items())
        return render(app, name, wanted)

    app.add_url_rule("/_preview/<name>", "preview", page)
    app.run(port=8099, threaded=True)


if __name__ == "__main__":
    main()

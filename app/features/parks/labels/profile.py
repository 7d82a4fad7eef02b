"""Words of a park's profile, its upgrade and its yearly figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.engines.review.labels import REFUSALS as REVIEW_REFUSALS
from app.engines.richtext import LABELS as RICH
from app.features.parks.labels import HEADINGS as OWN
from app.features.parks.labels import KIND_WORDS
from app.features.parks.labels import REFUSALS as PARK_REFUSALS

SUBTYPE_WORDS = {
    "cluster": _l("产业集聚"),
    "supervision": _l("监管服务"),
    "incubation": _l("孵化"),
    "live": _l("直播"),
    "logistics": _l("仓储物流"),
    "other": _l("其他"),
}
LEVEL_WORDS = {
    "national": lazy_pgettext("level", "国家级"),
    "provincial": lazy_pgettext("level", "省级"),
    "city": lazy_pgettext("level", "市级"),
    "district": lazy_pgettext("level", "区级"),
    "none": lazy_pgettext("level", "未认定"),
}
NATURE_WORDS = {
    "state": _l("国有"),
    "private": _l("民营"),
    "foreign": _l("外资"),
    "mixed": _l("混合所有制"),
    "public": _l("事业单位"),
    "other": _l("其他"),
}
MODE_WORDS = {
    "9610": _l("9610 跨境电商 B2C 直邮"),
    "9710": _l("9710 跨境电商 B2B 直接出口"),
    "9810": _l("9810 跨境电商出口海外仓"),
    "1210": _l("1210 保税跨境电商"),
    "1239": _l("1239 保税跨境电商 A"),
}
SERVICE_WORDS = {
    "register": _l("工商注册"),
    "filing": _l("海关备案"),
    "customs": _l("报关报检"),
    "storage": _l("仓储"),
    "logistics": _l("物流配送"),
    "finance": _l("融资"),
    "tax": _l("财税"),
    "training": _l("培训"),
    "marketing": _l("营销推广"),
    "live": _l("直播服务"),
    "legal": _l("法律与知识产权"),
    "talent": _l("人才招聘"),
}
STORE_WORDS = {
    "bonded": _l("保税仓"),
    "plain": _l("普通仓"),
    "cold": _l("冷链仓"),
    "overseas": _l("海外仓"),
}
HEADINGS: Mapping[str, Any] = {
    "name": OWN["name"],
    "short_name": _l("简称"),
    "kind": OWN["kind"],
    "subtype": _l("细分类型"),
    "level": _l("级别"),
    "title_no": _l("认定文件文号"),
    "title_on": _l("认定日期"),
    "title_until": _l("认定有效期至"),
    "division": _l("所在区划"),
    "address": _l("详细地址"),
    "longitude": _l("经度"),
    "latitude": _l("纬度"),
    "customs_area": _l("位于海关特殊监管区域"),
    "customs_area_name": _l("海关特殊监管区域名称"),
    "built_area": _l("建筑面积"),
    "usable_area": _l("可使用面积"),
    "cbec_area": _l("跨境电商使用面积"),
    "leasable_area": _l("可招商面积"),
    "leased_area": _l("已出租面积"),
    "warehouses": _l("仓库"),
    "operator_name": _l("运营单位"),
    "uscc": OWN["uscc"],
    "legal_representative": OWN["legal_representative"],
    "nature": _l("企业性质"),
    "contact_name": _l("负责人"),
    "contact_phone": OWN["contact_phone"],
    "email": _l("电子邮箱"),
    "staff_count": _l("服务人员数"),
    "opened_on": _l("开园日期"),
    "investment": _l("累计投资"),
    "customs_modes": _l("监管方式"),
    "categories": _l("主营品类"),
    "markets": _l("主要市场"),
    "platforms": _l("服务的平台"),
    "services": _l("提供的服务"),
    "policies": _l("扶持政策"),
    "rent_range": _l("租金水平"),
    "logo": _l("标志"),
    "photos": _l("照片"),
    "introduction": _l("园区简介"),
    "service_phone": _l("服务电话"),
    "hours": _l("开放时间"),
    "transport": _l("交通"),
    "video": _l("视频链接"),
    "evidence": _l("证明材料"),
}
UNITS: Mapping[str, Any] = {
    **dict.fromkeys(
        ("built_area", "usable_area", "cbec_area", "leasable_area", "leased_area"), "㎡"
    ),
    "investment": _l("万元"),
    "staff_count": _l("人"),
}
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _l("基本信息"),
        ("kind", "name", "short_name", "subtype", "level", "title_no", "title_on", "title_until"),
    ),
    (
        _l("位置"),
        ("division", "address", "longitude", "latitude", "customs_area", "customs_area_name"),
    ),
    (
        _l("空间"),
        (
            *("built_area", "usable_area", "cbec_area", "leasable_area", "leased_area"),
            "warehouses",
        ),
    ),
    (
        _l("运营单位"),
        (
            *("operator_name", "uscc", "legal_representative", "nature", "contact_name"),
            *("contact_phone", "email", "staff_count", "opened_on", "investment"),
        ),
    ),
    (
        _l("业务与服务"),
        (
            *("customs_modes", "services", "categories", "markets", "platforms", "rent_range"),
            "policies",
        ),
    ),
    (
        _l("对外展示"),
        (*("introduction", "logo", "photos", "service_phone", "hours", "transport", "video"),),
    ),
    (_l("证明材料"), ("evidence",)),
)
HINTS: Mapping[str, Any] = {
    "title_no": _l("认定为该级别的文件文号"),
    "longitude": _l("十进制度数，例如 109.1234"),
    "latitude": _l("十进制度数，例如 18.1234"),
    "contact_phone": _l("手机号或带区号的固定电话，不对外公布"),
    "service_phone": _l("对外公布的电话"),
    "introduction": _l("对外展示，可插入标题、列表、表格和图片；图片须写替代文字"),
    "video": _l("以 http 或 https 开头的网址"),
    "photos": _l(
        "png、jpg 或 webp，单张不超过 10 MB，最多 12 张；每张须写文字说明，供看不到图片的人使用"
    ),
    "logo": _l("png、jpg 或 webp，不超过 10 MB"),
    "evidence": _l(
        "变更名称、类型、级别、运营单位或信用代码时必须上传；pdf、png 或 jpg，单个不超过 10 MB，最多 6 个"
    ),
    "warehouses": _l("每行一处仓库，清空整行即删除"),
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "kind": KIND_WORDS,
    "subtype": SUBTYPE_WORDS,
    "level": LEVEL_WORDS,
    "nature": NATURE_WORDS,
    "customs_modes": MODE_WORDS,
    "services": SERVICE_WORDS,
}
STORE_HEADINGS = (("kind", _l("仓库类型")), ("area", _l("面积（㎡）")), ("operator", _l("运营方")))
PROGRESS_WORDS = {
    "empty": _l("未开始"),
    "begun": _l("进行中"),
    "done": _l("已完成"),
    "mend": _l("需修改"),
}

#: What a reviewer is told when an approval cannot be.
REVIEWER_REFUSALS = {
    "review_name_taken": _l("已有同名的园区/基地，请退回修改名称"),
    "review_applicant_inactive": _l("申请人的账号已停用，不能通过"),
    "review_applicant_left": _l("申请人的账号已不属于该企业，不能通过"),
    "review_applicant_zone": _l("申请人的账号现有平台或管理员角色，不能加入园区/基地"),
}
REFUSALS = {
    **PARK_REFUSALS,
    **REVIEW_REFUSALS,
    **RICH,
    "profile_wrong": _l("请改正标出的内容后再提交"),
    "division_unknown": _l("请从列表中选择区划"),
    "date_wrong": _l("请填写正确的日期，例如 2024-05-01"),
    "date_ahead": _l("不能晚于今天"),
    "date_before": _l("不能早于认定日期"),
    "email_wrong": _l("请填写正确的邮箱地址"),
    "phone_wrong": _l("请填写 11 位手机号或带区号的固定电话，例如 0898-88812345"),
    "url_wrong": _l("请填写以 http 或 https 开头的网址"),
    "number_wrong": _l("请填写数字"),
    "number_range": _l("数值超出范围"),
    "number_places": _l("小数位数过多"),
    "coordinate_half": _l("经度和纬度须同时填写"),
    "leased_area_over_leasable_area": _l("不能大于可招商面积"),
    "leasable_area_over_usable_area": _l("不能大于可使用面积"),
    "cbec_area_over_usable_area": _l("不能大于可使用面积"),
    "usable_area_over_built_area": _l("不能大于建筑面积"),
    "leasable_area_over_built_area": _l("不能大于建筑面积"),
    "warehouse_row": _l("每处仓库须选择类型并填写面积"),
    "alt_missing": _l("请为每张图片填写文字说明"),
    "too_many": _l("数量过多，请减少"),
    "evidence_missing": _l("请上传证明材料"),
    "file_gone": _l("文件已不可用，请重新上传"),
    "park_suspended": _l("该园区/基地已暂停，恢复运行前只能查看"),
    "profile_rules": _l("名称、类型和运营主体以审核通过的园区信息为准，请由园区在信息维护中修改"),
    "upgrade_done": _l("贵企业的申请已通过，无须再次提交"),
    "upgrade_by_colleague": _l("贵企业的另一账号已提交申请，请等待审核结果"),
    "operator_not_certified": _l("运营单位须与认证企业一致，请刷新页面"),
    "figures_wrong": _l("请改正标出的内容后再保存"),
    "figures_taken": _l("该年度已有数据，请编辑原有记录"),
    "figures_verified": _l("该年度数据已核定，如需更正请联系平台运营"),
    "figure_year": _l("请选择 2015 年至今的年度"),
    "figures_empty": _l("请至少填写一项"),
    "cbec_over_firms": _l("不能大于企业总数"),
}
FIGURE_HEADINGS: Mapping[str, Any] = {
    "park": OWN["park"],
    "year": _l("数据年度"),
    "firms": _l("企业总数"),
    "cbec_firms": _l("跨境电商企业数"),
    "import_value": _l("进口额"),
    "export_value": _l("出口额"),
    "jobs": _l("带动就业"),
    "tax": _l("税收"),
    "origin": _l("数据来源"),
    "verified": lazy_pgettext("heading", "核定"),
    "updated_at": OWN["updated_at"],
}
FIGURE_UNITS = {
    **dict.fromkeys(("import_value", "export_value", "tax"), _l("万元")),
    **dict.fromkeys(("firms", "cbec_firms"), _l("家")),
    "jobs": _l("人"),
}
FIGURE_ACTS = {
    "figures.added": _l("新增年度数据"),
    "figures.changed": _l("修改年度数据"),
    "figures.verified": _l("核定年度数据"),
}

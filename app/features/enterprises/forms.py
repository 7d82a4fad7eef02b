"""The enterprise form, made from the same columns and read by the same rules as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import DateInput

from app.core import clock
from app.engines import sheets
from app.engines.sheets.model import CellError, Column, Kind, Table, ValueRefused
from app.features.enterprises import queries
from app.features.enterprises.labels import HEADINGS, ROLE_WORDS, STATUS_WORDS, row_message
from app.features.enterprises.labels.moves import MOVE_HEADINGS
from app.features.enterprises.rules import MASK, TABLE
from app.features.enterprises.rules.moves import REASON_MAX
from app.web.forms import RegisterForm

SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _l("基本信息"),
        (
            "name",
            "uscc",
            "roles",
            "status",
            "settled_on",
            "industry",
            "legal_representative",
            "company_type",
            "registered_capital",
            "established_on",
        ),
    ),
    (_l("联系方式"), ("contact_name", "contact_phone", "email")),
    (_l("地址"), ("registered_address", "business_address")),
    (_l("跨境业务"), ("customs_modes", "customs_code", "customs_credit", "filed_on_platform")),
    (_l("年度数据"), ("staff_count", "annual_sales", "annual_import", "annual_export")),
    (_l("其他"), ("remark",)),
)
NUMERIC = frozenset({Kind.decimal, Kind.integer})
LONG = 200
MISSING = _l("必填，不能为空")
SHOWN: dict[str, dict[str, Any]] = {"roles": ROLE_WORDS, "status": STATUS_WORDS}


def _field(column: Column) -> Any:
    label = HEADINGS[column.name]
    if column.kind is Kind.multi_choice:
        return SelectMultipleField(label, validate_choice=False)
    if column.kind in {Kind.choice, Kind.boolean}:
        return SelectField(label, validate_choice=False)
    if column.kind is Kind.date:
        return StringField(label, widget=DateInput())
    rendered: dict[str, Any] = {"maxlength": column.max_length} if column.max_length else {}
    if column.kind in NUMERIC:
        rendered = {"inputmode": "decimal", "autocomplete": "off"}
    if column.kind is Kind.phone:
        rendered = {"inputmode": "tel", "autocomplete": "off"}
    if column.max_length and column.max_length > LONG:
        return TextAreaField(label, render_kw={"maxlength": column.max_length, "rows": 3})
    return StringField(label, render_kw=rendered)


class EnterpriseForm(RegisterForm):
    """After ``validate()``, ``parsed`` holds typed values by column name."""

    park_id = SelectField(_l("园区/基地"), validate_choice=False)

    def __init__(self, *args: Any, parks: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parsed: dict[str, Any] = {}
        self.today = clock.today()
        self.table: Table = queries.table_for_writing(self.today)
        if parks is None:
            del self.park_id
        else:
            self.park_id.choices = [("", _("请选择")), *parks]
            self.park_id.validate_choice = True
            self.park_id.validators = [InputRequired(_("请选择园区/基地"))]
        for column in self.table.columns:
            self._offer(self[column.name], column)

    def _offer(self, field: Field, column: Column) -> None:
        """Options of a choice; a retired word stays selectable where the record has it."""
        if column.kind is Kind.boolean:
            field.choices = [("", _("未填写")), ("是", _("是")), ("否", _("否"))]
        elif column.kind is Kind.multi_choice:
            field.choices = [(option, _shown(column, option)) for option in column.options]
        elif column.kind is Kind.choice:
            had = field.object_data if isinstance(field.object_data, str) else ""
            words = (*column.options, had) if had and had not in column.options else column.options
            blank = [] if column.default else [("", _("未填写"))]
            field.choices = [*blank, *((word, _shown(column, word)) for word in words)]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Read every field by its column's rule; errors land beside the field."""
        good = super().validate(extra_validators)
        for column in self.table.columns:
            good = self._read(self[column.name], column) and good
        return good

    def _read(self, field: Field, column: Column) -> bool:
        raw = field.data
        if isinstance(raw, list):
            raw = "、".join(raw)
        if column.personal and MASK in str(raw or ""):
            self.parsed[column.name] = str(raw).strip()  # the service knows whether it is untouched
            return True
        allowed = tuple(
            str(value) for value, _label in getattr(field, "choices", None) or () if value
        )
        rule = _with_options(column, allowed)
        try:
            value = sheets.parse_value(
                rule, raw, today=self.today, accepted_codes=queries.readable_codes()
            )
        except ValueRefused as refused:
            error = CellError(column.name, refused.code, dict(refused.params))
            field.errors = [*field.errors, row_message(error)]
            return False
        self.parsed[column.name] = value
        return True


def _shown(column: Column, option: str) -> str:
    """What is stored is the Chinese word; what is shown, the reader's."""
    return str(SHOWN.get(column.name, {}).get(option, option))


def _with_options(column: Column, allowed: tuple[str, ...]) -> Column:
    from app.core.values import replace  # noqa: PLC0415

    return replace(column, options=allowed) if column.kind is Kind.choice else column


for _column in TABLE.columns:
    setattr(EnterpriseForm, _column.name, _field(_column))


class AcceptCodeForm(RegisterForm):
    """What is accepted, upon what, and the person's word for it."""

    uscc = StringField(
        HEADINGS["uscc"],
        validators=[InputRequired(MISSING), Length(max=18)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(HEADINGS["name"], validators=[InputRequired(MISSING), Length(max=120)])
    evidence = TextAreaField(_l("核验依据"), validators=[InputRequired(MISSING), Length(max=500)])
    file = FileField(
        _l("证明材料"),
        validators=[FileRequired(_l("请选择证明材料。"))],
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )
    confirmed = BooleanField(
        _l("已核对证明材料，确认该代码真实有效"),
        validators=[InputRequired(_l("请确认已核对证明材料。"))],
    )


class RevokeCodeForm(RegisterForm):
    reason = TextAreaField(_l("撤销原因"), validators=[InputRequired(MISSING), Length(max=200)])


class EnterpriseMoveForm(RegisterForm):
    """申请迁园: which enterprise, from where, to where; names of parks are public."""

    uscc = StringField(
        HEADINGS["uscc"],
        validators=[InputRequired(MISSING), Length(max=18)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(HEADINGS["name"], validators=[InputRequired(MISSING), Length(max=120)])
    from_park_id = SelectField(MOVE_HEADINGS["from_park_id"], validate_choice=False)
    to_park_id = SelectField(MOVE_HEADINGS["to_park_id"], validate_choice=False)
    effective_on = DateField(MOVE_HEADINGS["effective_on"], validators=[Optional()])
    reason = TextAreaField(
        MOVE_HEADINGS["reason"], validators=[InputRequired(MISSING), Length(max=REASON_MAX)]
    )

    def __init__(self, *args: Any, parks: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("请选择")), *((str(key), name) for key, name in parks.items())]
        self.from_park_id.choices = self.to_park_id.choices = choices

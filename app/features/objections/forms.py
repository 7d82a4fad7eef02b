"""What a park fills in to object, and what the zone writes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import Length

from app.features.objections.labels import HEADINGS, OUTCOME_WORDS, TARGET_WORDS
from app.features.objections.rules import (
    ANSWER_MAX,
    FILE_ENDINGS,
    FILE_MOST,
    MOST_FILES,
    REASON_MAX,
)

#: js/files.js takes out what cannot be sent before it is: no browser fills in chosen files again.
FILES = {
    "accept": ",".join(FILE_ENDINGS),
    "data-most": MOST_FILES,
    "data-bytes": FILE_MOST,
    "data-unfit": _l("未选入：{names}。只接受 PDF、图片、docx 或 xlsx，每个不超过 10 MB。"),
    "data-many": _l("一次最多 10 个，未选入：{names}。"),
}


class ObjectionForm(FlaskForm):
    """提出异议."""

    target = RadioField(
        HEADINGS["target"], choices=list(TARGET_WORDS.items()), validate_choice=False
    )
    indicators = SelectMultipleField(HEADINGS["indicators"], validate_choice=False)
    other = SelectField(HEADINGS["other"], validate_choice=False)
    reason = TextAreaField(
        HEADINGS["reason"],
        validators=[Length(max=REASON_MAX)],
        render_kw={"rows": 5, "maxlength": REASON_MAX},
    )
    files = MultipleFileField(HEADINGS["files"], render_kw=FILES)
    honest = BooleanField(_l("所附材料真实有效"))


class ReasonForm(FlaskForm):
    """Why: 不予受理, 退回结论."""

    version = HiddenField()
    reason = TextAreaField(
        _l("原因"),
        validators=[Length(max=ANSWER_MAX)],
        render_kw={"rows": 4, "maxlength": ANSWER_MAX},
    )


class WriteForm(FlaskForm):
    """补充说明, and 申请复核."""

    version = HiddenField()
    text = TextAreaField(
        _l("说明"),
        validators=[Length(max=REASON_MAX)],
        render_kw={"rows": 3, "maxlength": REASON_MAX},
    )
    files = MultipleFileField(HEADINGS["files"], render_kw=FILES)


class DecideForm(FlaskForm):
    """作出结论."""

    version = HiddenField()
    outcome = RadioField(
        HEADINGS["outcome"], choices=list(OUTCOME_WORDS.items()), validate_choice=False
    )
    answer = TextAreaField(
        HEADINGS["answer"],
        validators=[Length(max=ANSWER_MAX)],
        render_kw={"rows": 6, "maxlength": ANSWER_MAX},
    )

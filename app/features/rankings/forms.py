"""What a park reports, and how a consequence ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from app.features.rankings.services.consequences import NOTE_MAX


class ReopenForm(FlaskForm):
    """重新办理."""

    version = HiddenField()
    reason = TextAreaField(
        _l("重新办理的原因"),
        validators=[Length(max=NOTE_MAX)],
        render_kw={"rows": 3, "maxlength": NOTE_MAX},
    )


class ReportForm(FlaskForm):
    """提交整改报告, of the park."""

    version = HiddenField()
    report = FileField(_l("整改报告"), render_kw={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"})
    note = TextAreaField(
        _l("说明"),
        validators=[Length(max=NOTE_MAX)],
        render_kw={"rows": 3, "maxlength": NOTE_MAX},
    )


class CloseForm(FlaskForm):
    """办结."""

    version = HiddenField()
    outcome = RadioField(_l("办理结果"), choices=[], validate_choice=False)
    note = TextAreaField(
        _l("办理说明"),
        validators=[Length(max=NOTE_MAX)],
        render_kw={"rows": 4, "maxlength": NOTE_MAX},
    )
    report = FileField(
        _l("整改报告或决定文件"), render_kw={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}
    )

"""What the park does on an application's page: each act is a form of its own there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Refusal
from app.engines.files import StoredFile
from app.extensions import db
from app.features.enterprises import queries as enterprises
from app.features.settlements import policy, queries, services
from app.features.settlements.forms import (
    DeclineForm,
    FollowForm,
    LandForm,
    MoveForm,
    ProofForm,
    ReopenForm,
)
from app.features.settlements.labels import ACT_WORDS, FILE_WORDS, REASON_WORDS
from app.features.settlements.models import SettlementApplication
from app.features.settlements.rules import Act
from app.transaction import transaction
from app.web.access import guarded
from app.web.acting import current_actor
from app.web.base_views import RegisterView
from app.web.forms import key_of
from app.web.listing.page import FormPage, ShowPage

FORMS: Mapping[Act, type[Any]] = {
    Act.follow: FollowForm,
    Act.land: LandForm,
    Act.decline: DeclineForm,
    Act.move: MoveForm,
    Act.reopen: ReopenForm,
    Act.prove: ProofForm,
}
#: Fields that must be filled; the proof may come later when landing.
MUST = {
    Act.follow: ("text",),
    Act.land: ("uscc", "name", "settled_on"),
    Act.decline: ("reason_code",),
    Act.move: ("park_id", "text"),
    Act.reopen: ("text",),
    Act.prove: ("proof",),
}
#: Forms that stand in the page; the others are dialogs and end with 确定.
IN_PAGE = frozenset({Act.follow, Act.prove})
#: Somebody was faster: the page is shown as it is now.
TOO_LATE = frozenset({"settlement_changed", "settlement_state"})


class HandlingPart(RegisterView):
    """Routes of the acts, and the page that they stand on."""

    def record_page(
        self,
        item: SettlementApplication,
        page: ShowPage,
        *,
        opened: str = "",
        posted: Any = None,
        kept: str = "",
    ) -> str:
        """``opened``: the act whose dialog is open; ``posted``: its form, as it was sent; ``kept``:
        what was typed for an act that can no longer be done."""
        actor = current_actor()
        may = policy.acts(actor, item)
        forms = {
            act.value: self._act_page(item, act, posted if act == opened else None)
            for act in FORMS
            if act in may
        }
        return self.render(
            "settlements/show.html",
            page=page,
            item=item,
            forms=forms,
            opened=opened,
            kept=kept,
            log=log_of(item),
            papers=papers_of(item),
            may_open=policy.personal(actor),
            known=_known(item) if Act.land in may else "",
        )

    def _act_page(self, item: SettlementApplication, act: Act, posted: Any) -> FormPage:
        form = posted if posted is not None else _empty(item, act)
        form.version.data = str(item.version)
        if act is Act.move:
            form.park_id.choices = [("", _("请选择")), *queries.other_parks(item.park_id)]
        for field in form:  # six forms of one page: ids must not be the same
            field.id = f"{act.value}-{field.name}"
            field.label.field_id = field.id
        return FormPage(
            title=ACT_WORDS[act.value],
            form=form,
            sections=(("", tuple(n for n in form._fields if n not in ("version", "csrf_token"))),),
            action=f"{self.route_base}/{act.value}/{item.id}",
            cancel_url=self.url(f"show/{item.id}"),
            submit_label=ACT_WORDS[act.value] if act in IN_PAGE else _("确定"),
            required=frozenset(MUST[act]),
            wide=frozenset({"uscc", "name", "reason_code", "park_id", "proof", "settled_on"}),
            hints={
                "proof": _("合同或营业执照，pdf、png 或 jpg，不超过 10 MB。")
                if act is Act.prove
                else _("pdf、png 或 jpg，不超过 10 MB；可稍后补充，补充前标记为“待补合同”。"),
                "reason": _("申请人可以看到；选择“其他”时必填。"),
                "reason_code": _("申请人可以看到。"),
            },
        )

    # -- the acts ------------------------------------------------------------------------------
    @expose("/follow/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def follow(self, pk: int) -> Any:
        """跟进."""
        return self._do(
            pk,
            Act.follow,
            lambda form, seen: services.follow(
                current_actor(), pk, form.text.data or "", seen=seen, now=clock.now()
            ),
        )

    @expose("/land/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def land(self, pk: int) -> Any:
        """已落地, after the dialog has asked once more."""
        return self._do(pk, Act.land, lambda form, seen: self._land(pk, form, seen))

    def _land(self, pk: int, form: Any, seen: int) -> str:
        if form.settled_on.data is None:
            raise Refusal("required", fields={"settled_on": "required"})
        landing = services.Landing(
            uscc=form.uscc.data or "",
            name=form.name.data or "",
            settled_on=form.settled_on.data,
            proof=_upload(form.proof.data),
        )
        found, made = services.land(current_actor(), pk, landing, seen=seen, now=clock.now())
        name = queries.enterprise_name(found.enterprise_id)
        if made:
            return str(_("已落地，企业管理中新增了“%(name)s”。", name=name))
        return str(_("已落地，已关联在册企业“%(name)s”。", name=name))

    @expose("/decline/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def decline(self, pk: int) -> Any:
        """未落地 → 原因说明 → 确定."""
        return self._do(
            pk,
            Act.decline,
            lambda form, seen: services.decline(
                current_actor(),
                pk,
                form.reason_code.data or "",
                form.reason.data or "",
                seen=seen,
                now=clock.now(),
            ),
        )

    @expose("/move/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def move(self, pk: int) -> Any:
        """转其他园区."""
        return self._do(
            pk,
            Act.move,
            lambda form, seen: services.move(
                current_actor(),
                pk,
                _key(form.park_id.data),
                form.text.data or "",
                seen=seen,
                now=clock.now(),
            ),
        )

    @expose("/reopen/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def reopen(self, pk: int) -> Any:
        """重新打开, with a reason."""
        return self._do(
            pk,
            Act.reopen,
            lambda form, seen: services.reopen(
                current_actor(), pk, form.text.data or "", seen=seen, now=clock.now()
            ),
        )

    @expose("/prove/<pk:pk>", methods=["POST"])
    @guarded("handle")
    def prove(self, pk: int) -> Any:
        """补充合同或执照."""
        return self._do(
            pk,
            Act.prove,
            lambda form, seen: services.prove(
                current_actor(), pk, _upload(form.proof.data), seen=seen, now=clock.now()
            ),
        )

    def _do(self, pk: int, act: Act, what: Callable[[Any, int], Any]) -> Any:
        self.record(pk)  # of this park, or 404
        text = request.form.get("version", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            abort(400)
        form = FORMS[act]()
        if not form.validate():
            return self._again(pk, act, form, 400)
        try:
            with transaction():
                said = what(form, int(text))
        except Refusal as refusal:
            self.put_errors(form, refusal)
            late = refusal.code in TOO_LATE
            return self._again(pk, act, form, 409 if late else 400)
        words = said if isinstance(said, str) else _("“%(act)s”已保存。", act=ACT_WORDS[act.value])
        flash(words, "success")
        return self.go(self.url(f"show/{pk}"))

    def _again(self, pk: int, act: Act, form: Any, status: int) -> Any:
        """The page as it is now, with what was typed: in its dialog, or beside the page when the
        act can no longer be done."""
        db.session.expire_all()
        item = self.record(pk)
        if act in policy.acts(current_actor(), item):
            page = self.show_page(item, "facts")
            return self.record_page(item, page, opened=act.value, posted=form), status
        for words in form.form_errors:
            flash(words, "danger")
        typed = [getattr(form, name).data for name in ("text", "reason") if name in form]
        page = self.show_page(item, "facts")
        return self.record_page(item, page, kept=next(filter(None, typed), "")), status


def log_of(item: SettlementApplication) -> list[SimpleNamespace]:
    """处理记录, the newest first; what was written down of a person only for who may read it."""
    personal = policy.personal(current_actor())
    return [
        SimpleNamespace(
            at=one.at,
            actor=one.actor_name or str(_("申请人")),
            act=ACT_WORDS[one.act],
            reason=REASON_WORDS[one.reason_code] if one.reason_code else "",
            text=one.text if personal else _("没有查看权限") if one.text else "",
            park=one.details.get("park", ""),
        )
        for one in queries.log(item.id)
    ]


def papers_of(item: SettlementApplication) -> list[tuple[Any, StoredFile | None]]:
    """``(what it is, the file)``."""
    return [(FILE_WORDS[one.kind], stored) for one, stored in queries.files_of(item.id)]


def _empty(item: SettlementApplication, act: Act) -> Any:
    values: dict[str, Any] = {}
    if act is Act.land:
        values = {"uscc": item.uscc, "name": item.company, "settled_on": clock.today()}
    return FORMS[act](formdata=None, data=values)


def _known(item: SettlementApplication) -> str:
    """The enterprise that the applicant's code stands for in this park already."""
    found = enterprises.alive_with_code(item.park_id, item.uscc) if item.uscc else None
    return found.name if found is not None else ""


def _upload(given: Any) -> services.Upload | None:
    if given is None or not getattr(given, "filename", ""):
        return None
    return services.Upload(given.stream, given.filename)


def _key(text: Any) -> int:
    return key_of(text) or 0

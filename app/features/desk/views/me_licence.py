"""上传营业执照认证: for who has no legal identity at 海易办; staff examine it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, request
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import Refusal
from app.engines import files
from app.features.accounts.rules import TENANT_ROLES
from app.features.desk.forms import LicenceForm
from app.features.desk.views.me_cards import BASE
from app.features.parks import services
from app.features.parks.labels import REFUSALS
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.listing.page import FormPage, Link
from app.web.pages import Page

WORDS: dict[str, Any] = {**REFUSALS, **files.LABELS}
FIELDS = ("name", "uscc", "legal_representative", "registered_address", "file")


class OwnLicenceView(Page):
    """/me/licence/."""

    route_base = f"{BASE}/licence"
    tenant = Tenant.own
    menu_label = _l("上传营业执照认证")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": TENANT_ROLES}

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """The form; POST sends the claim."""
        if request.method == "GET":
            return self._page(LicenceForm(formdata=None))
        form = LicenceForm()
        if not form.validate():
            return self._page(form, 400)
        given = form.file.data
        try:
            with transaction():
                services.claim_by_licence(
                    current_actor(),
                    uscc=form.uscc.data,
                    name=form.name.data,
                    representative=form.legal_representative.data,
                    address=form.registered_address.data,
                    file=services.Licence(given.stream, given.filename),
                )
        except Refusal as refusal:
            self._put(form, refusal)
            return self._page(form, 400)
        flash(_("营业执照已提交，审核结果会显示在用户中心。"), "success")
        return self.go(f"{BASE}/#company")

    @expose("/withdraw", methods=["POST"])
    @guarded("index")
    def withdraw(self) -> Any:
        """撤回申请, while nobody has decided."""
        try:
            with transaction():
                services.withdraw_claim(current_actor(), now=clock.now())
        except Refusal as refusal:
            flash(str(WORDS[refusal.code]), "danger")
        else:
            flash(_("营业执照认证申请已撤回，上传的文件已删除。"), "success")
        return self.go(f"{BASE}/#company")

    def _put(self, form: Any, refusal: Refusal) -> None:
        for name, code in (refusal.fields or {"": refusal.code}).items():
            words = str(WORDS[code]) % refusal.params if refusal.params else str(WORDS[code])
            if name in form:
                form[name].errors = [*form[name].errors, words]
            else:
                form.form_errors.append(words)

    def _page(self, form: Any, status: int = 200) -> Any:
        page = FormPage(
            title=self.menu_label,
            form=form,
            sections=(("", FIELDS),),
            action=f"{BASE}/licence/",
            cancel_url=f"{BASE}/",
            submit_label=_("提交审核"),
            hints={"file": _("营业执照扫描件或照片，pdf、png 或 jpg，不超过 10 MB。")},
            required=frozenset(FIELDS),
            wide=frozenset({"registered_address"}),
            breadcrumbs=(Link(_("用户中心"), f"{BASE}/"),),
            notice=_("有海易办法人账号的，建议使用“前往海易办认证”，无须等待审核。"),
        )
        return self.render("appbuilder/general/model/form.html", page=page), status

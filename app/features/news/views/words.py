"""敏感词库: the zone uploads the list of words that authors and reviewers are warned of."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash
from flask_appbuilder import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal
from app.features.accounts.rules import Role
from app.features.news import queries, rules, services
from app.features.news.forms import WordsForm
from app.features.news.labels import REFUSALS
from app.transaction import transaction
from app.web.access import Tenant, guarded
from app.web.acting import current_actor
from app.web.pages import Page

SHOWN = 200


class NewsWordsView(Page):
    """The list as it is, an upload that takes its place, and emptying it."""

    route_base = "/desk/news-words"
    tenant = Tenant.zone
    menu_label = _l("敏感词库")
    access: ClassVar[dict[str, frozenset[str]]] = {"can_index": frozenset({Role.operator})}

    @expose("/", methods=["GET", "POST"])
    @guarded("index")
    def index(self) -> Any:
        """POST replaces the whole list."""
        form = WordsForm()
        if not form.is_submitted():
            return self._page(form, 200)
        if not form.validate():
            return self._page(form, 400)
        given = form.file.data
        try:
            with transaction():
                made = services.replace_words(current_actor(), given.stream, given.filename)
        except Refusal as refusal:
            form.file.errors = [str(REFUSALS[refusal.code]) % refusal.params]
            return self._page(form, 400)
        flash(_("词库已更换，共 %(number)s 个词。", number=made.number), "success")
        return self.go(f"{self.route_base}/")

    @expose("/clear", methods=["POST"])
    @guarded("index")
    def clear(self) -> Any:
        """No words any more."""
        with transaction():
            services.clear_words(current_actor())
        flash(_("词库已清空。"), "success")
        return self.go(f"{self.route_base}/")

    def _page(self, form: WordsForm, status: int) -> Any:
        found = queries.word_list()
        shown = {"form": form, "found": found, "few": SHOWN, "most": rules.MOST_WORDS}
        return self.render("news/words.html", **shown), status

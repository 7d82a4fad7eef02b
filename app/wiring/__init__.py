"""The one place that knows everything: extensions, views in menu order, handlers, commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from jinja2 import FileSystemBytecodeCache, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Rule

import config
from app.core.errors import Refusal
from app.wiring import api, board, pages, recycling


class PrimaryKey(IntegerConverter):
    """A key in an address: at most 18 digits, so that no database overflows on it."""

    regex = r"\d{1,18}"


class LazyRule(Rule):
    """An address whose builder is compiled when it is first written: a tenth of a start.

    Where a later werkzeug asks for builders by another name, they are compiled at once again.
    """

    def _compile_builder(self, *how: Any) -> Callable[..., tuple[str, str]]:
        @lru_cache(maxsize=1)
        def made() -> Callable[..., tuple[str, str]]:
            return super(LazyRule, self)._compile_builder(*how)

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return made()(rule, **values)

        return build


def build(**overrides: Any) -> Flask:
    """The application; needs no database to be there (``flask deploy`` makes it)."""
    app = Flask("app", static_folder="web/static", template_folder="web/templates")
    app.url_rule_class = LazyRule
    app.url_map.converters["pk"] = PrimaryKey
    app.config.from_mapping(config.settings(**overrides))
    _templates(app)
    _secrets(app)
    _extensions(app)
    _models()
    _engines(app)
    _ports()
    _web(app)
    with app.app_context():
        _views(app)
    _commands(app)
    _proxied(app)
    return app


def _templates(app: Flask) -> None:
    """Each feature and engine brings its templates in a folder of its own name.

    They are kept compiled, by their checksum: a page's first reader after a start does not wait.
    """
    here = Path(__file__).parents[1]
    folders = [here / "web" / "templates", *sorted(here.glob("*/*/templates"))]
    app.jinja_loader = FileSystemLoader([str(folder) for folder in folders])
    kept: Path = app.config["DATA_DIR"] / "templates"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _secrets(app: Flask) -> None:
    from app.core.secrets_file import read_or_make
    from app.extensions import sealing

    data: Path = app.config["DATA_DIR"]
    named = app.config["SECRET_KEY_FILE"]
    app.config["SECRET_KEY"] = read_or_make(Path(named) if named else data / "secret.key")
    kept = app.config["DATA_KEYS_FILE"]
    sealing.open_keys(Path(kept) if kept else data / "data.keys")
    if earlier := app.config["SECRET_KEY_FALLBACKS_FILE"]:
        app.config["SECRET_KEY_FALLBACKS"] = Path(earlier).read_text().split()


def _extensions(app: Flask) -> None:
    from app.extensions import compress, csrf, db, huey, migrate, quiet, scoping  # noqa: F401

    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(config.BASE) / "migrations"))
    csrf.init_app(app)
    compress.init_app(app)
    huey.open(
        str(app.config["DATA_DIR"] / "queue.db"), immediate=app.config.get("HUEY_IMMEDIATE", False)
    )


def _proxied(app: Flask) -> None:
    """Outermost: what the proxies say of the visitor holds for everything within."""
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _models() -> None:
    """Tables of engines: the migrations compare them whether a page uses them or not."""
    import app.engines.calendar.models
    import app.engines.dictionaries.models
    import app.engines.documents.models
    import app.engines.files.models
    import app.engines.jobs.models
    import app.engines.notices.models
    import app.engines.recycling.models
    import app.engines.review.models
    import app.engines.settings.models
    import app.engines.trail.models
    import app.extensions.lists.models
    import app.features.assessments.models
    import app.features.enterprises.models.duplicates
    import app.features.news.models
    import app.features.objections.models
    import app.features.rankings.models  # noqa: F401


def _engines(app: Flask) -> None:
    from app.engines import files
    from app.integrations.ports import open_ports

    files.open_store(app.config["FILES_URL"], app.config["DATA_DIR"] / "incoming")
    open_ports(app.config)


def _ports() -> None:
    """What a lower part asks of a higher one."""
    from app.engines import dictionaries
    from app.features.accounts import policy, queries, services
    from app.features.accounts.services import own, sign_in, ways_in
    from app.features.accounts.views import FIRST
    from app.features.desk import site
    from app.features.desk.public import sources
    from app.features.enterprises import policy as enterprise_policy
    from app.features.enterprises.queries import is_accepted, uses_of_word
    from app.features.parks.queries import names_of_many
    from app.features.parks.services import codes, guard_cancel, guard_grant, left
    from app.features.parks.views import declare, first_of, note_certified
    from app.features.settlements import services as settlements
    from app.web.sessions import end_sessions_of

    declare()
    site.define()
    services.sessions_ended_by(end_sessions_of)
    queries.PARKS_OF[:] = [names_of_many]
    queries.ASKED_OF[:] = [_second_factor_for]
    policy.GRANT_GUARDS[:] = [guard_grant]
    policy.CANCEL_GUARDS[:] = [guard_cancel]
    ways_in.CERTIFIED[:] = [note_certified]
    codes.ACCEPTED[:] = [is_accepted]
    FIRST[:] = [first_of]
    settlements.TELLERS[:] = [settlements.inform]
    own.LEAVING[:] = [settlements.forget, left]
    sign_in.ARRIVED[:] = [settlements.adopt]
    enterprise_policy.MOVERS[:] = [_followers()]
    _enterprises()
    _objected()
    _reviewed()
    _assessed()
    sources.join()
    dictionaries.USES[:] = [uses_of_word]
    board.join()
    recycling.join()


def _enterprises() -> None:
    """What a record follows, and what stands against its going to another park."""
    from app.features.enterprises import policy, tasks
    from app.features.parks.services import certification
    from app.features.settlements.labels import HANGING
    from app.features.settlements.queries import applications_of

    certification.FOLLOWERS[:] = [tasks.enqueue_following]
    policy.MOVE_GUARDS[:] = [_moving]
    policy.HANGING[:] = [policy.Hanging("landed", HANGING, applications_of)]


def _moving(enterprise: Any) -> Refusal | None:
    """An enterprise stays where a round is still to count it, and while its park objects."""
    from app.features.assessments.queries.register_values import rounds_counting
    from app.features.objections.queries import open_of_park

    if rounds_counting(enterprise):
        return Refusal("move_counted")
    return Refusal("move_objected") if open_of_park(enterprise.park_id) else None


def _followers() -> Any:
    """入驻申请 go along with an enterprise that is merged into another record."""
    from app.features.enterprises.policy import Mover
    from app.features.settlements.labels import HANGING
    from app.features.settlements.services import following

    return Mover("settlements", HANGING, following.move, following.back)


def _objected() -> None:
    """Publications tell the parks; objections stand on their page and against their confirming."""
    from app.features.assessments import policy
    from app.features.objections import services as objections
    from app.features.objections.views import offered
    from app.features.rankings import services as rankings
    from app.features.rankings.views.ranking import MORE

    MORE[:] = [offered]
    objections.TELLERS[:] = [objections.inform]
    rankings.TELLERS[:] = [rankings.inform, objections.note_corrected]
    rankings.GUARDS[:] = [objections.against_confirming]
    policy.CORRECTIONS[:] = [objections.corrections]


def _reviewed() -> None:
    """The kinds of things under review, and who keeps their state beside them."""
    from app.engines import files, review
    from app.features.news.services import follow, shown_of
    from app.features.news.views import KIND as NEWS

    review.register(NEWS)
    review.TELLERS[:] = [follow]
    files.shown_by("news", shown_of)


def _assessed() -> None:
    """What happens when a round opens, and by the clock."""
    from app.features.assessments.services import prefill, round_notices, rounds
    from app.features.rankings.services import carry

    rounds.OPENED[:] = [prefill.at_opening, carry, round_notices.opened]
    rounds.TICKS[:] = [round_notices.remind, prefill.due]


def _second_factor_for() -> tuple[bool, bool]:
    config = current_app.config
    return config["SECOND_FACTOR_STAFF"], config["SECOND_FACTOR_PARKS"]


def _web(app: Flask) -> None:
    from app.engines.files import StorageUnavailable
    from app.features.accounts.labels import ROLE_TITLES, role_title
    from app.features.accounts.queries import roles_holding
    from app.features.accounts.services import view_over
    from app.features.desk.views import note_refused, unread_messages
    from app.features.parks.queries import memberships_of, why_suspended
    from app.web import (
        acting,
        assets,
        denials,
        errors,
        headers,
        health,
        logs,
        other_park,
        sessions,
        ui,
        viewing,
        why,
    )

    logs.init(app)
    sessions.init(app)
    headers.init(app)
    assets.init(app)
    errors.init(app)
    why.init(roles_holding, role_title)
    health.init(app)
    acting.init(app, memberships_of, why_suspended)
    viewing.init(app, view_over)
    other_park.init(app)
    denials.init(app, note_refused)
    app.after_request(viewing.nothing_leaves)  # before the refusals are told
    _holds(app)
    app.register_error_handler(StorageUnavailable, lambda _: errors.error_page(503, retry_after=60))
    ui.init(app, ROLE_TITLES)
    _public(app)
    app.jinja_env.globals["unread_messages"] = unread_messages
    _writing(app)


def _holds(app: Flask) -> None:
    """What is asked before any page answers."""
    from app.features.accounts.views import hold_until_changed, hold_until_proven
    from app.web.base_views import refuse_nul, refuse_prefill

    for hold in (refuse_prefill, refuse_nul, hold_until_proven, hold_until_changed):
        app.before_request(hold)


def _writing(app: Flask) -> None:
    """Pages know how rich text looks; the engines know what it may be."""
    from app.engines import files, richtext
    from app.web import writing

    writing.init(
        app,
        clean=richtext.clean,
        shown=lambda html: richtext.shown(html, files.drawn(richtext.pictures(html))),
        usable=files.may_use,
        drawn=files.drawn,
        words={"lost": richtext.lost_words, **richtext.LABELS},
    )


def _public(app: Flask) -> None:
    """What pages say of the platform, and what visitors' pages are kept by."""
    from app.engines import settings
    from app.web import public_cache, site
    from app.web.heads import HeadAsGet

    site.init(app, settings.stored)
    public_cache.init(app, lambda: _state_of(app))
    app.wsgi_app = HeadAsGet(app.wsgi_app)  # type: ignore[method-assign]


def _state_of(app: Flask) -> str:
    """The mark of kept public pages: the trail's last number, and the minute."""
    from app.core import clock
    from app.engines import trail
    from app.extensions.database import asking_engine

    return f"{trail.last_number(asking_engine(app))}|{clock.now():%Y%m%d%H%M}"


def _views(app: Flask) -> None:
    from app.extensions import csrf, db
    from app.features.accounts.views import AuthView, WechatEventView
    from app.features.desk.views import DeskView, HomeView
    from app.web import limits, locale
    from app.web.security_manager import ParkDeskBuilder, ParkDeskSecurityManager

    security = type("Security", (ParkDeskSecurityManager,), {"auth_view_class": AuthView})
    builder = ParkDeskBuilder(
        app, db.session, indexview=HomeView, security_manager_class=security, update_perms=False
    )
    locale.init(app)
    builder.add_view(DeskView, "desk", label=DeskView.menu_label, icon="layout-dashboard")
    for category, label, entries in pages.menu():
        for view, name, icon in entries:
            words = getattr(view, "list_heading", None) or view.menu_label
            group = {"category": category, "category_label": label}
            builder.add_view(view, name, label=words, icon=icon, **group)
    for view in pages.hidden():
        builder.add_view_no_menu(view)
    csrf.exempt(WechatEventView.event)  # WeChat signs what it sends
    limits.init(app, builder.sm.limiter, rates=pages.rates(), sizes=pages.SIZES)
    api.join(app, builder.sm.limiter)


def _commands(app: Flask) -> None:
    from app.cli import (
        accounts,
        assessments,
        audit,
        demo,
        deploy,
        doctor,
        enterprises,
        keys,
        serve,
        worker,
    )

    deploy.init(app)
    doctor.init(app)
    audit.init(app)
    accounts.init(app)
    assessments.init(app)
    demo.init(app)
    enterprises.init(app)
    keys.init(app)
    serve.init(app)
    worker.init(app)

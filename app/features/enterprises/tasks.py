"""Long work on the register as jobs: reading a large file, applying, undoing, exporting."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Refusal
from app.engines import files, jobs
from app.engines.sheets.model import Limits
from app.extensions.lists.criteria import read
from app.features.enterprises import policy, queries
from app.features.enterprises.labels import JOB_WORDS
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.queries import duplicates
from app.features.enterprises.rules import BY_NAME
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import certified, exports, finding, fix, plan
from app.features.parks import queries as parks
from app.web.acting import act_as

MIB = 1024 * 1024
KEEP_EXPORT = timedelta(days=7)


jobs.titles(
    {
        "enterprise_read": _l("核对 %(file)s"),
        "enterprise_apply": _l("导入 %(file)s"),
        "enterprise_undo": _l("撤销导入 %(file)s"),
        policy.MENDING: _l("改正 %(file)s"),
        "enterprise_errors": _l("%(file)s 的错误清单"),
        "enterprise_export": _l("导出企业 %(count)s 行"),
        "enterprise_template": _l("含 %(count)s 家现有企业的导入模板"),
        "enterprise_scan": _l("查找重复企业"),
        "enterprise_certified": _l("按认证更新企业 %(uscc)s"),
    }
)
for _kind in ("enterprise_read", "enterprise_apply", "enterprise_undo", policy.MENDING):
    jobs.page(_kind, lambda job: f"/desk/enterprises/imports/{job.params['import_id']}")
for _kind in ("enterprise_export", "enterprise_template", "enterprise_errors"):
    jobs.page(_kind, lambda job: f"/files/{(job.result or {}).get('file', '')}")
jobs.page("enterprise_scan", lambda _job: "/desk/enterprises/duplicates/list/?state=open")
jobs.words(JOB_WORDS)
files.kind("import_source", policy.may_read_source)
files.kind("import_errors", policy.may_read_errors)
files.kind("export", policy.may_read_export)
files.kind("export_personal", policy.may_read_personal_export)


def register_view() -> Any:
    """The register's view: it knows filters, columns and order of the list."""
    from app.features.enterprises.views.register import EnterpriseView  # noqa: PLC0415

    builder = current_app.appbuilder  # type: ignore[attr-defined]
    return next(one for one in builder.baseviews if isinstance(one, EnterpriseView))


def limits() -> Limits:
    """The reader's limits from the settings."""
    config = current_app.config
    return Limits(
        max_bytes=config["IMPORT_MAX_MB"] * MIB,
        max_rows=config["IMPORT_MAX_ROWS"],
        max_columns=config["IMPORT_MAX_COLUMNS"],
        max_unpacked_bytes=config["IMPORT_MAX_UNPACKED_MB"] * MIB,
    )


def secret() -> bytes:
    """Key of the proof in our own workbooks."""
    return str(current_app.config["SECRET_KEY"]).encode() + b":workbook"


def enqueue_reading(actor: Actor, found: EnterpriseImport, year: int | None) -> Any:
    return _for_import(actor, found, "enterprise_read", year=year)


def enqueue_applying(actor: Actor, found: EnterpriseImport, mode: str, seen: int) -> Any:
    """``seen``: the revision of the plan that was confirmed; the job writes that one or none."""
    return _for_import(actor, found, "enterprise_apply", mode=mode, seen=seen)


def enqueue_undoing(actor: Actor, found: EnterpriseImport) -> Any:
    return _for_import(actor, found, "enterprise_undo")


def enqueue_mending(actor: Actor, found: EnterpriseImport) -> Any:
    """What to mend is noted on the plan (``fix.noted``)."""
    return _for_import(actor, found, policy.MENDING)


def enqueue_errors(actor: Actor, found: EnterpriseImport, count: int) -> jobs.Job:
    """Not the import's own job: whoever saves the errors is in nobody's way."""
    return jobs.enqueue(
        actor,
        "enterprise_errors",
        {"import_id": found.id},
        title={"file": found.filename},
        total=count,
        park_id=found.park_id,
    )


def _for_import(actor: Actor, found: EnterpriseImport, kind: str, **params: Any) -> jobs.Job:
    """The import's job of this kind that still runs, else a new one.

    ``found`` is locked by the caller: two clicks make one job, and what was cancelled or failed may
    be tried again.
    """
    running = queries.unfinished_job(found)
    if running is not None and running.kind == kind:
        return running
    return jobs.enqueue(
        actor,
        kind,
        {"import_id": found.id, **params},
        title={"file": found.filename},
        park_id=found.park_id,
    )


def enqueue_export(
    actor: Actor, arguments: list[tuple[str, str]], asked: exports.Export, count: int
) -> Any:
    return jobs.enqueue(
        actor,
        "enterprise_export",
        {
            "arguments": arguments,
            "columns": [column.name for column in asked.columns],
            "format": asked.format,
            "facts": [list(pair) for pair in asked.facts],
            "year": asked.year,
        },
        title={"count": f"{count:,}"},
        total=count,
        park_id=actor.acting_park_id,
    )


def enqueue_prefilled(actor: Actor, park_id: int, year: int, count: int) -> jobs.Job:
    return jobs.enqueue(
        actor,
        "enterprise_template",
        {"year": year},
        title={"count": f"{count:,}"},
        total=count,
        park_id=park_id,
    )


def enqueue_scan(actor: Actor) -> jobs.Job:
    """The look for duplicates that is under way, whoever asked, else a new one."""
    return duplicates.scan_running() or jobs.enqueue(actor, duplicates.SCAN, {}, title={})


@jobs.handler("enterprise_scan")
def find_duplicates(ctx: Any) -> None:
    """Look through the register of all parks, then write down what was found in one transaction."""
    policy.require(ctx.actor, "can_scan", policy.DUPLICATES)
    found = finding.look(ctx.progress)
    with ctx.transaction():
        scan = finding.keep(ctx.actor, found, now=clock.now())
        ctx.finish(result={"pairs": scan.pairs})


@jobs.handler("enterprise_template")
def write_prefilled(ctx: Any) -> None:
    """The template with more records than a page answers for."""
    policy.require(ctx.actor, "can_template", policy.IMPORTS)
    with tempfile.TemporaryFile() as file, ctx.transaction():
        park = parks.by_id(ctx.actor.acting_park_id)
        asked = exports.Prefilled(park.id, park.code, int(ctx.params["year"]), secret())
        exports.write_prefilled(ctx.actor, file, asked)
        file.seek(0)
        name, personal = exports.PREFILLED_NAME, policy.personal(ctx.actor)
        ctx.finish(result={"file": _kept(ctx, file, name, "xlsx", personal=personal)})


def _kept(ctx: Any, file: Any, name: str, kind: str, *, personal: bool) -> str:
    """A file that a job made, for whoever asked for it, for seven days; returns its key."""
    held = "export_personal" if personal else "export"
    return _stored(ctx, file, name, kind, held, ctx.actor.acting_park_id)


def _stored(ctx: Any, file: Any, name: str, suffix: str, kind: str, park_id: int | None) -> str:
    stored = files.store(
        ctx.actor,
        file,
        name,
        kind=kind,
        allowed=frozenset({suffix}),
        max_bytes=500 * MIB,
        park_id=park_id,
        expires_at=clock.now() + KEEP_EXPORT,
    )
    return str(stored.key)


@jobs.handler("enterprise_read")
def read_file(ctx: Any) -> dict[str, Any]:
    """Stage a large file; starting again drops what a killed attempt had staged."""
    policy.require(ctx.actor, "can_upload", policy.IMPORTS)
    import_id = int(ctx.params["import_id"])
    with ctx.transaction():
        found = queries.get_import(import_id)
        file = files.by_key(str(found.file_key))
        code = parks.by_id(found.park_id).code
    with files.local_path(file) as path:
        plan.stage(
            ctx.actor,
            import_id,
            plan.Source(
                Path(path), limits(), scope_code=code, secret=secret(), year=ctx.params.get("year")
            ),
            unit=ctx.transaction,
            progress=ctx.progress,
        )
    return {"import_id": import_id}


@jobs.handler("enterprise_apply")
def apply_plan(ctx: Any) -> None:
    """Write a large plan in one transaction; a second delivery finds it applied and does nothing."""
    policy.require(ctx.actor, "can_apply", policy.IMPORTS)
    import_id = int(ctx.params["import_id"])
    with ctx.transaction():
        done = applying.Applied()
        found = queries.locked_import(import_id)
        if found.job_id not in (None, ctx.job.id):
            raise Refusal("plan_changed")  # 重试 of an earlier job: another one has the plan now
        if found.state == "planned":
            done = applying.apply(
                ctx.actor,
                import_id,
                mode=str(ctx.params["mode"]),
                now=clock.now(),
                seen=int(ctx.params["seen"]),
                progress=ctx.progress,
            )
        # Done and its effect are committed together: a second delivery finds both or neither.
        ctx.finish(
            "import_conflicts" if done.conflicts else "",
            result={"import_id": import_id, "params": {"count": done.conflicts}},
        )


@jobs.handler(policy.MENDING)
def mend_plan(ctx: Any) -> None:
    """Mend the same mistake in a large plan; begun again, it goes on where it was killed."""
    policy.require(ctx.actor, "can_upload", policy.IMPORTS)
    import_id = int(ctx.params["import_id"])
    work = fix.Work(ctx.job.id, ctx.transaction, ctx.progress, clock.today())
    fix.mend_all(ctx.actor, import_id, work)
    with ctx.transaction():
        mended = fix.finished(import_id, ctx.job.id)
        ctx.finish(
            "import_mended" if mended else "import_still_wrong",
            result={"import_id": import_id, "params": {"count": f"{mended:,}"}},
        )


@jobs.handler("enterprise_errors")
def write_errors(ctx: Any) -> None:
    """Write the error workbook of a large plan into the file store."""
    policy.require(ctx.actor, "can_show", policy.IMPORTS)
    policy.require(ctx.actor, "can_personal")
    found = queries.get_import(int(ctx.params["import_id"]))
    with tempfile.TemporaryFile() as file:
        with files.local_path(files.by_key(str(found.file_key))) as path:
            count = exports.write_errors(file, found, Path(path), ctx.progress)
        file.seek(0)
        with ctx.transaction():
            name = exports.errors_name(found)
            key = _stored(ctx, file, name, "xlsx", "import_errors", found.park_id)
            exports.record_errors(ctx.actor, found, count=count)
            ctx.finish(result={"file": key})


@jobs.handler("enterprise_undo")
def undo_import(ctx: Any) -> None:
    """Reverse a large import in one transaction."""
    policy.require(ctx.actor, "can_undo", policy.IMPORTS)
    import_id = int(ctx.params["import_id"])
    with ctx.transaction():
        if queries.locked_import(import_id).state == "applied":
            applying.undo(ctx.actor, import_id, now=clock.now(), progress=ctx.progress)
        ctx.finish(result={"import_id": import_id})


@jobs.handler("enterprise_export")
def export_rows(ctx: Any) -> None:
    """Write a large export into the file store; its page offers it for seven days."""
    policy.require(ctx.actor, "can_export")
    act_as(ctx.actor)  # the list's search asks for rights as it does in a page
    register = register_view()
    criteria = read(MultiDict(ctx.params["arguments"]), register.rules())
    columns = tuple(BY_NAME[name] for name in ctx.params["columns"])
    personal = any(column.personal for column in columns)
    if personal:
        policy.require(ctx.actor, "can_personal")
    asked = exports.Export(
        columns,
        ctx.params["format"],
        tuple((label, words) for label, words in ctx.params["facts"]),
        ctx.params["year"],
    )
    query = register.source.ordered(
        register.source.selected(criteria, [column.name for column in columns]), criteria
    )
    with tempfile.TemporaryFile() as file:
        for piece in exports.stream(query, asked, ctx.progress):
            file.write(piece)
        file.seek(0)
        with ctx.transaction():
            key = _kept(ctx, file, exports.filename(asked.format), asked.format, personal=personal)
            ctx.finish(result={"file": key})


def enqueue_following(uscc: str, *, changed: bool) -> None:
    """After a company was certified (again): its records follow, if there is anything to follow.

    As the platform's own act: the parks need not know which account signed in.
    """
    if changed or certified.lags(uscc):
        jobs.enqueue(SYSTEM, "enterprise_certified", {"uscc": uscc}, title={"uscc": uscc})


@jobs.handler("enterprise_certified")
def _follow_certified(context: jobs.JobContext) -> None:
    with context.transaction():
        number = certified.follow(context.actor, str(context.params["uscc"]))
        context.finish(result={"changed": number})

"""``flask enterprises import | undo-import | export``: the same services as the pages.

stdout of ``--json`` holds JSON only. Exit: 0 good, 1 rows with errors, 2 wrong usage, 3 refused.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from app.core import clock, scope
from app.core.actor import Actor, system_actor
from app.core.errors import NotFound, Refusal
from app.engines import sheets
from app.extensions.lists.criteria import Criteria, read
from app.extensions.lists.spec import BadQuery
from app.features.accounts import queries as accounts
from app.features.enterprises import queries, tasks
from app.features.enterprises.labels import REFUSALS, row_message
from app.features.enterprises.models import EnterpriseImport
from app.features.enterprises.rules import HEADING_OF
from app.features.enterprises.services import apply as applying
from app.features.enterprises.services import comparing, exports, plan
from app.features.parks import queries as parks
from app.transaction import transaction
from app.web.acting import act_as, person

group = AppGroup("enterprises", help="The enterprise register from the command line.")
GOOD, WITH_ERRORS, USAGE, REFUSED = 0, 1, 2, 3


def init(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--park", "park_code", required=True, help="code of the park, e.g. P01")
@click.option("--dry-run", "wish", flag_value="dry-run", default=True, help="plan only (default)")
@click.option("--apply", "wish", flag_value="apply", help="plan and write")
@click.option("--only-good", is_flag=True, help="with --apply: leave rows with errors out")
@click.option(
    "--year",
    type=int,
    default=None,
    help="数据年度 (default: the template's, else the last full year)",
)
@click.option(
    "--errors", "errors_out", type=click.Path(path_type=Path), help="write the error workbook here"
)
@click.option("--as", "username", default=None, help="act as this user (default system:cli)")
@click.option("--json", "as_json", is_flag=True, help="print JSON only")
def import_command(**options: Any) -> None:
    """Read FILE as a plan of what would change, and with --apply write it."""
    with force_locale("zh"):
        sys.exit(_import(**options))


def _import(  # noqa: PLR0913 - one per option of the command
    *,
    file: Path,
    park_code: str,
    wish: str,
    only_good: bool,
    year: int | None,
    errors_out: Path | None,
    username: str | None,
    as_json: bool,
) -> int:
    if only_good and wish != "apply":
        raise click.UsageError("--only-good goes with --apply")
    actor = _actor(username)
    with scope.acting_as(actor):
        import_id = _plan(actor, file, park_code, year)
        found = queries.get_import(import_id)
        if found.state == "refused":
            answer: dict[str, Any] = {"refused": True, "reason": _refusal(found)}
            _tell(answer, as_json=as_json)
            return REFUSED
        answer = _answer(found)
        if errors_out is not None:
            _write_errors(found, file, errors_out)
        code = WITH_ERRORS if answer["plan"]["error"] else GOOD
        if wish == "apply":
            code = _apply(actor, found, answer, only_good=only_good, code=code)
        else:
            with transaction():
                plan.discard(actor, import_id)
        _tell(answer, as_json=as_json)
        return code


def _plan(actor: Actor, file: Path, park_code: str, year: int | None) -> int:
    try:
        park = parks.by_code(park_code)
    except NotFound as error:
        raise click.UsageError(f"no park {park_code}") from error
    if year is not None and not 2000 <= year <= 2100:
        raise click.UsageError("--year is a year from 2000 to 2100")
    with transaction():
        found = plan.begin(
            actor,
            park.id,
            filename=file.name,
            file_key=None,
            sha256=plan.digest_of(file),
            year=year or clock.last_full_year(),
        )
    source = plan.Source(
        file, tasks.limits(), scope_code=park.code, secret=tasks.secret(), year=year
    )
    plan.stage(actor, found.id, source, unit=transaction)
    return int(found.id)


def _apply(
    actor: Actor, found: EnterpriseImport, answer: dict[str, Any], *, only_good: bool, code: int
) -> int:
    """Write the plan; with errors and without --only-good nothing is written."""
    answer["applied"] = False
    answer["import"] = found.id
    mode = "good" if only_good else "all"
    try:
        with transaction():
            done = applying.apply(actor, found.id, mode=mode, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "nothing_to_import" and code == GOOD:
            answer["applied"] = True  # the register says already what the file says
            return GOOD
        answer["reason"] = str(REFUSALS[refusal.code] % refusal.params)
        return WITH_ERRORS
    answer["applied"] = done.conflicts == 0
    answer["added"], answer["changed"] = done.added, done.changed
    return code


@group.command("undo-import")
@click.argument("number", type=int)
@click.option("--as", "username", default=None)
@click.option("--json", "as_json", is_flag=True)
def undo_command(number: int, username: str | None, *, as_json: bool) -> None:
    """Reverse import NUMBER row by row; rows edited since are kept."""
    actor = _actor(username)
    with force_locale("zh"), scope.acting_as(actor):
        try:
            with transaction():
                tally = applying.undo(actor, number, now=clock.now())
        except NotFound:
            raise click.UsageError(f"no import {number}") from None
        except Refusal as refusal:
            _tell({"refused": True, "reason": str(REFUSALS[refusal.code])}, as_json=as_json)
            sys.exit(REFUSED)
        _tell({"undone": True, "import": number, **tally}, as_json=as_json)


@group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--park", "park_code", default=None, help="only this park")
@click.option(
    "--filter", "filters", multiple=True, help="as in the list's address, e.g. status=在园"
)
@click.option("--year", default=None, help="数据年度")
@click.option("--columns", default="", help="field names with commas (default: all)")
@click.option("--purpose", default="", help="needed when personal columns are exported")
@click.option("--as", "username", default=None)
def export_command(file: Path, **options: Any) -> None:
    """Write the filtered register to FILE (.xlsx or .csv)."""
    kind = file.suffix.lower().lstrip(".")
    if kind not in exports.FORMATS:
        raise click.UsageError("FILE ends with .xlsx or .csv")
    with force_locale("zh"):
        sys.exit(_export(file, kind, **options))


def _export(  # noqa: PLR0913 - one per option of the command
    file: Path,
    kind: str,
    *,
    park_code: str | None,
    filters: tuple[str, ...],
    year: str | None,
    columns: str,
    purpose: str,
    username: str | None,
) -> int:
    actor = _actor(username)
    view = tasks.register_view()
    names = [name for name in columns.split(",") if name]
    narrowed = _narrowed(actor, park_code)
    act_as(narrowed)  # the list asks for rights as it does in a page
    with scope.acting_as(narrowed):
        criteria = _criteria(view, filters, year)
        chosen = exports.chosen_columns(actor, names or None)
        count = view.source.count(criteria, cap=10_000_000).number
        facts = exports.facts(
            filters=[(one, "") for one in filters],
            year=criteria.year or clock.last_full_year(),
            count=f"{count:,}",
            actor=actor,
            at=clock.now(),
            park=park_code or "",
        )
        asked = exports.Export(chosen, kind, facts, criteria.year or clock.last_full_year())
        try:
            with transaction():
                exports.record(actor, asked, count=count, purpose=purpose)
        except Refusal as refusal:
            click.echo(str(REFUSALS[refusal.code]), err=True)
            return REFUSED
        _write(view, criteria, asked, file)
    click.echo(f"{count} rows -> {file.name}", err=True)
    return GOOD


def _criteria(view: Any, filters: tuple[str, ...], year: str | None) -> Criteria:
    pairs = [(name, value) for name, _mark, value in (one.partition("=") for one in filters)]
    pairs += [("year", year)] if year else []
    try:
        return read(MultiDict(pairs), view.rules())
    except BadQuery as error:
        raise click.UsageError(f"--filter: {error}") from error


def _write(view: Any, criteria: Criteria, asked: exports.Export, file: Path) -> None:
    names = [column.name for column in asked.columns]
    query = view.source.ordered(view.source.selected(criteria, names), criteria)
    with file.open("wb") as out:
        for piece in exports.stream(query, asked):
            out.write(piece)


def _narrowed(actor: Actor, park_code: str | None) -> Actor:
    """The actor's scope, or one park of it."""
    if park_code is None:
        return actor
    with scope.acting_as(actor):
        park = parks.by_code(park_code)
    return Actor(user_id=actor.user_id, name=actor.name, park_ids=frozenset({park.id}))


def _actor(username: str | None) -> Actor:
    if username is None:
        return system_actor("system:cli")
    with scope.unscoped():
        user = accounts.by_username(username)
    if user is None or not user.active:
        raise click.UsageError(f"no user {username}")
    return person(user)


def _answer(found: EnterpriseImport) -> dict[str, Any]:
    counts = queries.row_counts(found.id)
    errors: list[dict[str, Any]] = []
    warnings = [_word(None, stored) for stored in found.warnings]
    for number, wrong, warned in queries.words_of_rows(found.id):
        errors += [_word(number, one) for one in wrong or ()]
        warnings += [_word(number, one) for one in warned or ()]
    kinds = ("new", "changed", "unchanged", "error")
    return {
        "plan": {kind: counts[kind] for kind in kinds},
        "year": found.year,
        "errors": errors,
        "warnings": warnings,
    }


def _word(number: int | None, stored: dict[str, Any]) -> dict[str, Any]:
    error = comparing.error_in(stored)
    heading = HEADING_OF.get(error.column or "")
    return {"row": number, "heading": heading, "message": row_message(error)}


def _refusal(found: EnterpriseImport) -> str:
    refusal = found.refusal or {"code": "unreadable", "params": {}}
    return str(sheets.message(sheets.FileRefused(refusal["code"], **refusal["params"])))


def _write_errors(found: EnterpriseImport, file: Path, target: Path) -> None:
    if queries.row_counts(found.id)["error"]:
        with target.open("wb") as out:
            exports.write_errors(out, found, file)


def _tell(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    if answer.get("refused"):
        click.echo(f"refused: {answer['reason']}")
        return
    for key, value in answer.items():
        if key in ("errors", "warnings"):
            for one in value:
                where = f"row {one['row']} {one['heading'] or ''}".strip() if one["row"] else "file"
                click.echo(f"{key[:-1]}: {where}: {one['message']}")
        else:
            click.echo(f"{key}: {value}")

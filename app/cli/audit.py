"""``flask audit verify``: is the trail still what was written?"""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app.core import scope
from app.engines import trail
from app.features.enterprises.services import apply
from app.features.rankings import services as rankings

group = AppGroup("audit", help="The audit trail.")

REASONS = {
    "no_head": "the head row is missing",
    "gap": "an entry is missing",
    "link": "an entry does not follow from the one before it",
    "changed": "an entry was changed",
    "cut": "the newest entries are missing",
    "beyond_head": "there are entries after the head",
}
PUBLISHED = {
    "link": "it does not follow from the one before it",
    "changed": "it was changed after it was published",
    "trail": "its digest is not the one that the trail noted",
}


def init(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("verify")
@click.option("--limit", type=click.IntRange(min=1), help="Check only the newest N entries.")
def verify_command(limit: int | None) -> None:
    """Check the chain of the audit trail, the rows of the imports in it, and every publication.

    Exit 0 when whole, 1 when not. With --limit only the newest entries, and no import.
    """
    with scope.unscoped():
        found = trail.verify(limit)
    if not found.ok:
        where = f" at entry {found.first_bad_id}" if found.first_bad_id else ""
        click.echo(f"audit: BROKEN{where}: {REASONS[found.reason]} ({found.checked} checked)")
        sys.exit(1)
    if limit is None:
        with scope.unscoped():
            changed = apply.changed_imports()
            published = rankings.broken()
        for import_id in changed:
            click.echo(f"audit: BROKEN: the rows of import {import_id} were changed afterwards")
        for round_id, number, why in published:
            where = f"version {number} of the ranking of round {round_id}"
            click.echo(f"audit: BROKEN: {where}: {PUBLISHED[why]}")
        if changed or published:
            sys.exit(1)
    click.echo(f"audit: ok, {found.checked} checked, head {found.head_id} {found.head_hash}")

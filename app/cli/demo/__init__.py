"""Demo data: only in ``APP_MODE=demo`` (decisions.md 5). Everybody and everything is invented."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import Flask, current_app

from app.cli.demo.assessments import seed_assessments
from app.cli.demo.bin import seed_bin
from app.cli.demo.duplicates import seed_duplicates
from app.cli.demo.enterprises import seed_enterprises
from app.cli.demo.front import seed_front
from app.cli.demo.moves import seed_moves, seed_views
from app.cli.demo.news import seed_news
from app.cli.demo.people import PASSWORD, PEOPLE, seed_people, seed_people_of_park1
from app.cli.demo.profiles import seed_profiles
from app.cli.demo.settlements import seed_settlements
from app.core import scope
from app.extensions import db
from app.features.parks.models import Park

__all__ = ["PASSWORD", "PEOPLE", "init", "seed"]


def init(app: Flask) -> None:
    app.cli.add_command(seed_command)


@click.command("seed")
@click.option("--enterprises", default=3000, show_default=True, help="about how many enterprises")
def seed_command(enterprises: int) -> None:
    """Fill an empty demo database; does nothing when there are parks already."""
    click.echo("seed: done" if seed(enterprises) else "seed: nothing to do")


def seed(enterprises: int = 3000) -> bool:
    """Parks, people and enterprises, through the same services that people use."""
    if not current_app.config["DEMO"]:
        msg = "demo data only in APP_MODE=demo"
        raise click.ClickException(msg)
    with scope.unscoped():
        if db.session.scalar(sa.select(sa.func.count()).select_from(Park)):
            return False
        seed_people()
        seed_people_of_park1()
        seed_enterprises(enterprises)
        seed_duplicates()
        seed_profiles()
        seed_settlements()
        seed_news()
        seed_assessments()
        seed_bin()
        seed_moves()
        seed_views()
        seed_front()
        db.session.remove()
    return True

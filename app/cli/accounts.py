"""``flask accounts reset-second-factor USER``: when nobody is left who could do it in the platform."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.core import scope
from app.core.actor import system_actor
from app.features.accounts import queries, services
from app.transaction import transaction

group = AppGroup("accounts", help="Accounts of staff.")


def init(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("reset-second-factor")
@click.argument("username")
def reset_second_factor_command(username: str) -> None:
    """Forget a person's authenticator and end their sign-ins; they enrol anew. It is in the trail."""
    with scope.unscoped(), transaction():
        user = queries.by_username(username)
        if user is None:
            raise click.ClickException(f"nobody is called {username!r}")
        services.reset_second_factor(system_actor("system:cli"), user.id)
    click.echo(f"{username}: enrols anew at the next sign-in")

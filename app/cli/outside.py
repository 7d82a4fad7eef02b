"""``flask doctor sms|wechat|sso``: do the outside services answer, and do they know our keys?"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator

import click
from flask import current_app

from app.core.outside import Advice, NotConfigured, OutsideError
from app.core.phones import mask_phone, normalise
from app.integrations import haiyiban, wechat
from app.integrations.settings import sms_providers
from app.integrations.sms import SmsKind, SmsMessage, SmsOutcome, SmsProvider

#: Name of the check -> what makes its few words or raises ``OutsideError``.
Check = tuple[str, Callable[[], str]]
TO_DO = {
    Advice.OPERATOR: "look at keys and settings (docs/outside-services.md)",
    Advice.LATER: "the service is in trouble, or this machine may not reach it",
    Advice.AGAIN: "run this again",
}


def report(checks: Iterator[Check]) -> bool:
    """One line a check; whether all were good. Ask the next one even if one fails."""
    bad = []
    for name, check in checks:
        try:
            click.echo(f"ok    {name}: {check()}")
        except OutsideError as error:
            bad.append(name)
            click.echo(f"FAIL  {name}: {error.reason} - {TO_DO[error.advice]}")
    return not bad


def _end(*, good: bool) -> None:
    if not good:
        sys.exit(1)


@click.command("sms")
@click.option(
    "--send", metavar="MOBILE", help="Send one real code by each provider to this number."
)
def sms_command(send: str | None) -> None:
    """Are keys, signature and templates of each SMS provider known there? Sends nothing."""
    phone = normalise(send) if send else None
    if send and (phone is None or "-" in phone):
        raise click.UsageError("--send wants a mobile number")
    _end(good=report(sms_checks(phone)))


def sms_checks(phone: str | None = None) -> Iterator[Check]:
    """Each template of each provider; with ``phone`` a message by each of them."""
    try:
        providers = list(sms_providers(current_app.config))
    except NotConfigured as error:
        yield "sms", _raising(error)
        return
    if not providers:
        yield "sms", _raising(NotConfigured("sms", "SMS_PROVIDERS is empty"))
    for provider in providers:
        for kind in SmsKind:
            yield f"{provider.name} {kind}", _template(provider, kind)
        if phone:
            yield f"{provider.name} sends", _sending(provider, phone)


def _template(provider: SmsProvider, kind: SmsKind) -> Callable[[], str]:
    return lambda: provider.check(kind)


def _sending(provider: SmsProvider, phone: str) -> Callable[[], str]:
    """The code is made up and good for nothing."""

    def send() -> str:
        code = f"{secrets.randbelow(10**6):06d}"
        message = SmsMessage(phone, SmsKind.code, {"code": code, "minutes": "5"}, "doctor")
        [result] = provider.send([message])
        if result.outcome != SmsOutcome.accepted:
            reason = f"{result.outcome} ({result.code})"
            raise OutsideError(provider.name, reason, advice=result.advice)
        return f"{mask_phone(phone)}, message {result.message_id}"

    return send


@click.command("wechat")
def wechat_command() -> None:
    """Does WeChat know application and secret?"""
    _end(good=report(wechat_checks()))


def wechat_checks() -> Iterator[Check]:
    """One call with a code that nobody was given."""

    def check() -> str:
        client = wechat.from_settings(current_app.config)
        if client is None:
            raise NotConfigured("wechat", "WECHAT_APP_ID is empty")
        return client.check()

    yield "wechat", check


@click.command("sso")
def sso_command() -> None:
    """Does 海易办 know this platform and answer as documented?"""
    _end(good=report(sso_checks()))


def sso_checks() -> Iterator[Check]:
    """One call with a code or ticket that nobody was given."""

    def check() -> str:
        client = haiyiban.from_settings(current_app.config)
        if client is None:
            raise NotConfigured("haiyiban", "HAIYIBAN_URL is empty")
        return client.check()

    yield "haiyiban", check


def _raising(error: OutsideError) -> Callable[[], str]:
    def check() -> str:
        raise error

    return check

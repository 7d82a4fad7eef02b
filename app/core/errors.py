"""The few errors the application knows. Anything else is a bug and becomes a 500."""

from __future__ import annotations

from typing import Any


class AppError(Exception):
    """Base of the errors a page turns into an answer."""


class Refusal(AppError):
    """A rule said no. ``code`` names the sentence in a feature's ``labels``; ``params`` fill it.

    ``fields`` maps a field name to the code of its own message, so that a form shows it beside
    the field.
    """

    def __init__(self, code: str, *, fields: dict[str, str] | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields or {}
        self.params = params


class NotFound(AppError):
    """The row does not exist for this actor (missing, or another park's: the same answer)."""


class Forbidden(AppError):
    """The actor may see the row but not do this to it."""

    def __init__(self, code: str = "forbidden") -> None:
        super().__init__(code)
        self.code = code


class Stale(AppError):
    """Somebody saved the row after this person opened it: HTTP 409 and a merge."""

    def __init__(self, current: Any = None) -> None:
        super().__init__("stale")
        self.current = current


def refuse_if(refusal: Refusal | None) -> None:
    """Raise the refusal that a policy returned, if it returned one."""
    if refusal is not None:
        raise refusal

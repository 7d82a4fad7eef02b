"""海易办, Hainan's unified identity: sign-in of natural persons and of companies.

No interface document is public (domain.md 4.1). Paths, field names and the two flows are ASSUMED
from what other provinces publish; what the operator of 海易办 says differently is set by
``HAIYIBAN_PATHS`` and ``HAIYIBAN_FIELDS``. Identities come over the back channel only: an id_token
or a JWT of whatever algorithm is never read, so there is none to forge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

from app.core import uscc
from app.core.outside import Advice, NotConfigured, Refused, WrongAnswer
from app.core.phones import normalise
from app.integrations.deadline import Deadline
from app.integrations.http import Answer, Outside, Request
from app.integrations.settings import Settings, outside, pairs, wanted

SERVICE = "haiyiban"
FORM = {"content-type": "application/x-www-form-urlencoded"}
MAX_TEXT = 200
MAX_SUBJECT = 128
LEVEL = re.compile(r"(?:LV)?([1-9])", re.IGNORECASE)

#: Assumed. What the setting HAIYIBAN_PATHS names replaces them one by one.
PATHS = {
    "authorize": "/oauth2/authorize",
    "token": "/oauth2/token",
    "identity": "/oauth2/userinfo",
    "login": "/cas/login",
    "validate": "/cas/p3/serviceValidate",
    "logout": "/logout",
    "register": "/register",
}
#: Assumed. Ours -> theirs; the setting HAIYIBAN_FIELDS replaces them one by one.
FIELDS = {
    "subject": "userId",
    "kind": "userType",
    "level": "authLevel",
    "name": "name",
    "id_number": "certificateNum",
    "mobile": "phone",
    "company": "corpName",
    "uscc": "uscc",
    "representative": "legalName",
    "address": "contAddr",
}


class IdentityKind(StrEnum):
    """个人 or 法人: two identities, also where one human being stands behind both."""

    person = "person"
    legal = "legal"


class Flow(StrEnum):
    """What the browser brings back."""

    oauth2 = "oauth2"
    ticket = "ticket"


@dataclass(frozen=True)
class CertifiedCompany:
    """What 海易办 vouches for."""

    name: str
    uscc: str
    representative: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True)
class HaiyibanIdentity:
    """Who signed in. ``mobile`` is a claim: it links nothing until a code proves it."""

    issuer: str
    subject: str
    kind: IdentityKind
    level: int
    name: str = field(repr=False)
    id_number: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    company: CertifiedCompany | None = None


class HaiyibanPort(Protocol):
    """Sign-in by 海易办."""

    issuer: str
    least_level: int

    @property
    def answer_parameter(self) -> str:
        """The name under which the browser brings back what ``identity`` wants."""
        ...

    def authorize_url(self, *, kind: IdentityKind, redirect_uri: str, state: str) -> str:
        """Where the browser goes; it comes back with ``answer_parameter`` and ``state``."""
        ...

    def identity(
        self, answer: str, *, kind: IdentityKind, redirect_uri: str, state: str
    ) -> HaiyibanIdentity:
        """Who stands behind a code or ticket; raises ``OutsideError``. Good once.

        ``kind``, ``redirect_uri`` and ``state`` must be those of ``authorize_url``.
        """
        ...

    def logout_url(self, *, redirect_uri: str) -> str:
        """Where the browser goes to be signed out there as well."""
        ...

    def register_url(self, *, kind: IdentityKind) -> str:
        """去注册."""
        ...

    def check(self) -> str:
        """A few words on whether the keys are right; raises ``OutsideError``."""
        ...


@dataclass(frozen=True)
class Client:
    """How 海易办 knows this platform, and what it calls things."""

    client_id: str
    secret: str = field(repr=False)
    flow: Flow = Flow.oauth2
    issuer: str = "haiyiban"
    least_level: int = 2
    paths: Mapping[str, str] = field(default_factory=lambda: PATHS)
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)


class HaiyibanClient:
    """The client of one registered platform."""

    def __init__(self, service: Outside, client: Client) -> None:
        self._service = service
        self._client = client
        self.issuer = client.issuer
        self.least_level = client.least_level

    @property
    def answer_parameter(self) -> str:
        return "ticket" if self._client.flow == Flow.ticket else "code"

    def authorize_url(self, *, kind: IdentityKind, redirect_uri: str, state: str) -> str:
        if self._client.flow == Flow.ticket:
            asked = {"service": _with_state(redirect_uri, state), "user_type": kind.value}
            return self._address("login", asked)
        asked = {
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": kind.value,
            "state": state,
        }
        return self._address("authorize", asked)

    def logout_url(self, *, redirect_uri: str) -> str:
        asked = {"client_id": self._client.client_id, "redirect_uri": redirect_uri}
        return self._address("logout", asked)

    def register_url(self, *, kind: IdentityKind) -> str:
        return self._address("register", {"kind": kind.value})

    def identity(
        self, answer: str, *, kind: IdentityKind, redirect_uri: str, state: str
    ) -> HaiyibanIdentity:
        deadline = self._service.deadline()
        if self._client.flow == Flow.ticket:
            body = self._by_ticket(answer, _with_state(redirect_uri, state), deadline)
        else:
            body = self._by_code(answer, redirect_uri, deadline)
        found = self._read(body)
        if found.kind != kind:
            raise WrongAnswer(SERVICE, "another kind of identity than was asked for")
        return found

    def check(self) -> str:
        """A code or ticket that nobody was given: the keys are looked at first."""
        here = "https://parkdesk.invalid/"
        try:
            self.identity("parkdesk-doctor", kind=IdentityKind.person, redirect_uri=here, state="")
        except Refused as refused:
            if refused.advice == Advice.AGAIN:
                return f"answers as documented ({self._client.flow})"
            raise
        raise WrongAnswer(SERVICE, "a made-up code was taken")

    def _address(self, path: str, asked: dict[str, str]) -> str:
        return f"{self._service.base}{self._client.paths[path]}?{urlencode(asked)}"

    def _by_code(self, code: str, redirect_uri: str, deadline: Deadline) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self._client.client_id,
            "client_secret": self._client.secret,
            "redirect_uri": redirect_uri,
        }
        content = urlencode(form).encode()
        path = self._client.paths["token"]
        token = self._good(
            self._service.json(Request("POST", path, "", FORM, content), deadline=deadline)
        )
        access = _text(token, "access_token", 4096)
        if str(token.get("token_type", "bearer")).lower() != "bearer" or not access.isascii():
            raise WrongAnswer(SERVICE, "no bearer token")
        headers = {"authorization": f"Bearer {access}"}
        request = Request("GET", self._client.paths["identity"], "", headers)
        return self._good(self._service.json(request, deadline=deadline))

    def _good(self, answer: Answer) -> dict[str, Any]:
        """RFC 6749: an error is JSON with ``error`` and HTTP 400 or 401."""
        error = answer.body.get("error")
        if isinstance(error, str) and error:
            raise Refused(SERVICE, error[:64], advice=_advice(error))
        if answer.status != 200:
            raise WrongAnswer(SERVICE, f"HTTP {answer.status}")
        return answer.body

    def _by_ticket(self, ticket: str, service: str, deadline: Deadline) -> dict[str, Any]:
        """CAS protocol 3 with ``format=JSON``."""
        query = urlencode({"ticket": ticket, "service": service, "format": "JSON"})
        request = Request("GET", self._client.paths["validate"], query)
        body = self._service.json(request, deadline=deadline).body.get("serviceResponse")
        if not isinstance(body, dict):
            raise WrongAnswer(SERVICE, "no serviceResponse")
        failure = body.get("authenticationFailure")
        if isinstance(failure, dict):
            code = str(failure.get("code", ""))[:64]
            raise Refused(SERVICE, code, advice=_advice(code))
        success = body.get("authenticationSuccess")
        attributes = success.get("attributes") if isinstance(success, dict) else None
        if not isinstance(success, dict) or not isinstance(attributes, dict):
            raise WrongAnswer(SERVICE, "neither success nor failure")
        plain = {name: _single(value) for name, value in attributes.items()}
        return {**plain, self._client.fields["subject"]: success.get("user")}

    def _read(self, body: dict[str, Any]) -> HaiyibanIdentity:
        names = self._client.fields
        kind = str(body.get(names["kind"]))
        if kind not in set(IdentityKind):
            raise WrongAnswer(SERVICE, "no kind of identity")
        level = LEVEL.fullmatch(str(body.get(names["level"], "")))
        if level is None:
            raise WrongAnswer(SERVICE, "no level")
        mobile = normalise(str(body.get(names["mobile"]) or "")) or ""
        return HaiyibanIdentity(
            issuer=self._client.issuer,
            subject=_text(body, names["subject"], MAX_SUBJECT),
            kind=IdentityKind(kind),
            level=int(level[1]),
            name=_text(body, names["name"]),
            id_number=_text(body, names["id_number"]) if body.get(names["id_number"]) else "",
            mobile="" if "-" in mobile else mobile,
            company=self._company(body) if kind == IdentityKind.legal else None,
        )

    def _company(self, body: dict[str, Any]) -> CertifiedCompany:
        names = self._client.fields
        code = _text(body, names["uscc"]).upper()
        if uscc.fault(code):
            raise WrongAnswer(SERVICE, "no 统一社会信用代码")
        return CertifiedCompany(
            name=_text(body, names["company"]),
            uscc=code,
            representative=_text(body, names["representative"]),
            address=_text(body, names["address"]),
        )


def _with_state(redirect_uri: str, state: str) -> str:
    """CAS knows no state: it travels in the address to come back to."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode({'state': state})}"


def _single(value: Any) -> Any:
    """CAS servers put attributes into lists of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _text(body: Mapping[str, Any], name: str, most: int = MAX_TEXT) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found.strip() or len(found) > most:
        raise WrongAnswer(SERVICE, f"{name} is missing")
    if not found.isprintable():
        raise WrongAnswer(SERVICE, f"{name} holds control signs")
    return found.strip()


def _advice(error: str) -> Advice:
    if error in ("invalid_grant", "INVALID_TICKET", "access_denied"):
        return Advice.AGAIN
    if error in ("temporarily_unavailable", "server_error", "INTERNAL_ERROR"):
        return Advice.LATER
    return Advice.OPERATOR


def from_settings(settings: Settings) -> HaiyibanClient | None:
    """The client, or ``None`` when the platform offers no sign-in by 海易办."""
    if not settings["HAIYIBAN_URL"]:
        return None
    if settings["HAIYIBAN_FLOW"] not in set(Flow):
        raise NotConfigured(SERVICE, "HAIYIBAN_FLOW must be oauth2 or ticket")
    flow = Flow(settings["HAIYIBAN_FLOW"])
    secret = settings["HAIYIBAN_CLIENT_SECRET"]
    if flow == Flow.oauth2:
        secret = wanted(SERVICE, settings, "HAIYIBAN_CLIENT_SECRET")
    client = Client(
        client_id=wanted(SERVICE, settings, "HAIYIBAN_CLIENT_ID"),
        secret=secret,
        flow=flow,
        issuer=wanted(SERVICE, settings, "HAIYIBAN_ISSUER"),
        least_level=int(settings["HAIYIBAN_LEVEL"]),
        paths=_changed(PATHS, settings, "HAIYIBAN_PATHS"),
        fields=_changed(FIELDS, settings, "HAIYIBAN_FIELDS"),
    )
    if bad := [path for path in client.paths.values() if not path.startswith("/")]:
        raise NotConfigured(SERVICE, f"HAIYIBAN_PATHS: {bad[0]} must begin with /")
    return HaiyibanClient(outside(SERVICE, settings, "HAIYIBAN_URL"), client)


def _changed(assumed: Mapping[str, str], settings: Settings, name: str) -> dict[str, str]:
    changes = pairs(SERVICE, settings, name)
    if unknown := set(changes) - set(assumed):
        raise NotConfigured(SERVICE, f"{name} knows no {min(unknown)}")
    return {**assumed, **changes}

"""Server-side sign-ins: the cookie holds a random id, the row holds who and until when.

Logout, a changed password, deactivation and an administrator's "end sessions" delete rows; an
old cookie is worth nothing then (security.md U7). A visitor needs no row: the CSRF token is
derived from the cookie's id and messages travel in a signed cookie, so a GET writes nothing.
That cookie can be read by whoever has the browser: no message carries a personal value, and one
person's messages are nothing to the next.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, Request, Response, current_app
from flask.sessions import SessionInterface, SessionMixin
from flask_appbuilder.security.sqla.models import User
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, lazyload, mapped_column
from werkzeug.datastructures import CallbackDict

from app.core import clock
from app.extensions import JsonText, PlainModel, UtcDateTime, db
from app.transaction import transaction
from app.web.access import for_machines

TOUCH_EVERY = timedelta(seconds=60)
DERIVED = ("csrf_token", "_flashes", "_permanent")
MAX_FLASH_BYTES = 3000
WAY = "way"  # mark of a sign-in: by what the person came, where not by a password


class LoginSession(PlainModel):
    """One sign-in of one person on one device."""

    __tablename__ = "login_session"

    sid_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(sa.String(64))
    agent: Mapped[str] = mapped_column(sa.String(200))
    data: Mapped[dict[str, Any]] = mapped_column(JsonText)
    #: As whom 系统管理员 sees the site just now, and till when at the latest (decisions.md 23).
    viewed_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="SET NULL"))
    view_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


#: Every request with a cookie asks this: put together once.
_BY_COOKIE = (
    sa.select(LoginSession, User)
    .join(User, User.id == LoginSession.user_id)
    .where(LoginSession.sid_hash == sa.bindparam("sid_hash"))
    .options(lazyload("*"))
)


class View(Struct, frozen=True):
    """The site as another person sees it."""

    user_id: int
    until: datetime


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls ``session``. ``sid`` is the cookie's value; ``row_id`` the row, if any, and
    ``person`` whose it is."""

    def __init__(self, sid: str, *, new: bool, row_id: int | None = None) -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(None, changed)
        self.sid = sid
        self.new = new
        self.row_id = row_id
        self.person: User | None = None
        self.cookie_needed = False
        self.touch_due: int | None = None  # the row, when its time is to be noted
        self.view: View | None = None
        self.modified = False

    def __contains__(self, key: object) -> bool:
        if key == "csrf_token":
            self.cookie_needed = True  # a form was shown: its token must find this id again
        return super().__contains__(key)

    def rotate(self) -> None:
        """Forget everything planted before the sign-in and take a new id."""
        csrf_of = current_app.session_interface
        self.clear()
        self.sid = secrets.token_urlsafe(32)
        self.row_id = self.person = None
        self.cookie_needed = True
        assert isinstance(csrf_of, RowSessions)
        self["csrf_token"] = csrf_of.csrf_for(self.sid)


def init(app: Flask) -> None:
    """The first thing of a request: note that its person is there."""
    app.session_interface = RowSessions()
    app.before_request(_person_is_there)


def _person_is_there() -> None:
    from flask import request, session  # noqa: PLC0415 - the interface is imported before any

    view = current_app.view_functions.get(request.endpoint or "")
    row_id = cast("ServerSession", session).touch_due
    if row_id is not None and not getattr(view, "_unattended", False):
        _touch(row_id)


class RowSessions(SessionInterface):
    """Flask's session interface over ``login_session``."""

    def csrf_for(self, sid: str, view: View | None = None) -> str:
        """The CSRF secret of a cookie id (keyed, so a page cannot compute another's).

        A form that was opened while looking as somebody else is good for no act of one's own.
        """
        key = str(current_app.config["SECRET_KEY"]).encode()
        text = f"csrf:{sid}:{view.user_id}:{view.until.isoformat()}" if view else f"csrf:{sid}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        sid = request.cookies.get(app.config["SESSION_COOKIE_NAME"], "")
        known = 20 <= len(sid) <= 64 and sid.isascii()
        session = ServerSession(sid if known else secrets.token_urlsafe(32), new=not known)
        if _without(app, request.path):  # no endpoint is known yet
            return ServerSession(secrets.token_urlsafe(32), new=True)
        if known:
            self._load(app, session)
        dict.__setitem__(session, "csrf_token", self.csrf_for(session.sid, session.view))
        flashes = self._read_flashes(request, session)
        if flashes:
            dict.__setitem__(session, "_flashes", flashes)
        return session

    def _load(self, app: Flask, session: ServerSession) -> None:
        found = db.session.execute(_BY_COOKIE, {"sid_hash": _digest(session.sid)}).first()
        if found is None or not _alive(app, found[0]):
            return
        row, session.person = found
        session.row_id = row.id
        if row.viewed_id is not None and row.view_until is not None:
            session.view = View(row.viewed_id, row.view_until)
        for key, value in row.data.items():
            dict.__setitem__(session, key, value)
        dict.__setitem__(session, "_user_id", str(row.user_id))
        dict.__setitem__(session, "_fresh", True)
        if clock.now() - row.seen_at > TOUCH_EVERY:
            session.touch_due = row.id

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        from flask import request  # noqa: PLC0415 - as below

        assert isinstance(session, ServerSession)
        if for_machines(request.path):
            return
        self._write_flashes(app, session, response)
        user_id = session.get("_user_id")
        if session.row_id is not None and user_id is None:
            end_sessions(LoginSession.id == session.row_id)
            response.delete_cookie(app.config["SESSION_COOKIE_NAME"], path="/")
        elif user_id is not None and (session.modified or session.row_id is None):
            self._store(session, int(user_id))
        if session.cookie_needed and (session.new or session.row_id is not None):
            self._set_cookie(app, response, app.config["SESSION_COOKIE_NAME"], session.sid)

    def _store(self, session: ServerSession, user_id: int) -> None:
        from flask import request  # noqa: PLC0415 - the interface is imported before any request

        data = {k: v for k, v in session.items() if k not in DERIVED and not k.startswith("_")}
        with transaction(while_looking=True):
            if session.row_id is not None:
                db.session.execute(
                    sa.update(LoginSession)
                    .where(LoginSession.id == session.row_id)
                    .values(data=data)
                )
                return
            row = LoginSession(
                sid_hash=_digest(session.sid),
                user_id=user_id,
                created_at=clock.now(),
                seen_at=clock.now(),
                address=(request.remote_addr or "")[:64],
                agent=request.user_agent.string[:200],
                data=data,
            )
            db.session.add(row)
            db.session.flush()
            session.row_id = row.id

    def _read_flashes(self, request: Request, session: ServerSession) -> list[list[str]]:
        value = request.cookies.get("flash")
        if not value:
            return []
        try:
            return [list(pair) for pair in _signer(session).loads(value)]
        except BadSignature:
            return []

    def _write_flashes(self, app: Flask, session: ServerSession, response: Response) -> None:
        from flask import request  # noqa: PLC0415

        flashes = session.get("_flashes")
        if flashes:
            value = _signer(session).dumps([[kind, str(text)[:300]] for kind, text in flashes][:8])
            if len(value) < MAX_FLASH_BYTES:
                self._set_cookie(app, response, "flash", value)
        elif "flash" in request.cookies and request.endpoint != "static":
            response.delete_cookie("flash", path="/")

    def _set_cookie(self, app: Flask, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name,
            value,
            httponly=True,
            secure=app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
            path="/",
        )


def _without(app: Flask, path: str) -> bool:
    """Files and the REST API know no sign-in."""
    return path.startswith(f"{app.static_url_path}/") or for_machines(path)


def end_sessions(*criteria: Any) -> None:
    """Delete the sign-ins that match, in a transaction of their own."""
    with transaction(while_looking=True):
        db.session.execute(sa.delete(LoginSession).where(*criteria))


def end_sessions_of(
    user_id: int,
    *,
    keep_row: int | None = None,
    only_row: int | None = None,
    way: str | None = None,
) -> None:
    """Delete a person's sign-ins inside the caller's transaction (credential change, deactivation)."""
    query = sa.delete(LoginSession).where(LoginSession.user_id == user_id)
    if only_row is not None:
        query = query.where(LoginSession.id == only_row)
    if keep_row is not None:
        query = query.where(LoginSession.id != keep_row)
    if way is not None:
        mine = sa.select(LoginSession.id, LoginSession.data).where(LoginSession.user_id == user_id)
        came = [row.id for row in db.session.execute(mine) if row.data.get(WAY) == way]
        query = query.where(LoginSession.id.in_(came))
    db.session.execute(query)


def look_as(row_id: int, view: View | None) -> bool:
    """From now on, or no longer, the sign-in sees the site as another person; in the caller's
    transaction. Says whether the sign-in was still there."""
    values = {"viewed_id": view and view.user_id, "view_until": view and view.until}
    query = sa.update(LoginSession).where(LoginSession.id == row_id).values(values)
    return cast("sa.CursorResult[Any]", db.session.execute(query)).rowcount == 1


def alive() -> tuple[Any, Any]:
    """Conditions: the sign-in still counts (the same limits as when a request brings it)."""
    moment = clock.now()
    idle = timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    longest: timedelta = current_app.config["PERMANENT_SESSION_LIFETIME"]
    return LoginSession.seen_at > moment - idle, LoginSession.created_at > moment - longest


def _touch(row_id: int) -> None:
    """Note that the person is there; skipped when another writer holds the database."""
    try:
        with transaction(wait_ms=0, while_looking=True):
            db.session.execute(
                sa.update(LoginSession).where(LoginSession.id == row_id).values(seen_at=clock.now())
            )
    except OperationalError:
        return  # best effort: the next request tries again


def _alive(app: Flask, row: LoginSession) -> bool:
    idle = timedelta(minutes=app.config["SESSION_IDLE_MINUTES"])
    moment = clock.now()
    longest: timedelta = app.config["PERMANENT_SESSION_LIFETIME"]
    return moment - row.seen_at < idle and moment - row.created_at < longest


def _digest(sid: str) -> str:
    return hashlib.sha256(sid.encode()).hexdigest()


def _signer(session: ServerSession) -> URLSafeSerializer:
    """Messages are for the person they were said to, or for a visitor: another key for each."""
    salt = f"flash:{session.get('_user_id', '')}"
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=salt)

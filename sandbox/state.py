"""Everything that the sandbox knows, in memory, behind one lock."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from sandbox import seed
from sandbox.seed import Account, WechatUser

KEPT_MESSAGES = 2000
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=2)


@dataclass(frozen=True)
class Message:
    """One text in somebody's inbox."""

    phone: str
    sender: str
    text: str
    at: datetime
    number: str


@dataclass
class Grant:
    """A code, ticket or token and what it stands for."""

    what: Any
    until: datetime
    used: bool = False


class Grants:
    """Codes or tokens of one sort."""

    def __init__(self, life: timedelta) -> None:
        self._life = life
        self._all: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def make(self, what: Any) -> str:
        word = secrets.token_urlsafe(24)
        with self._lock:
            self._all[word] = Grant(what, clock.now() + self._life)
        return word

    def look(self, word: str) -> Grant | None:
        """The grant while it lives, used or not."""
        found = self._all.get(word)
        return found if found and found.until > clock.now() else None

    def take(self, word: str) -> Grant | None:
        """The grant as it was before this call; from now on it is used."""
        with self._lock:
            found = self.look(word)
            if found is None:
                return None
            before = Grant(found.what, found.until, found.used)
            found.used = True
            return before


@dataclass
class State:
    """One sandbox."""

    messages: list[Message] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    wechat_users: dict[str, WechatUser] = field(default_factory=seed.wechat_users)
    granted: dict[str, str] = field(default_factory=dict)  # openid -> the site that was allowed
    accounts: dict[str, Account] = field(default_factory=seed.accounts)
    wechat_codes: Grants = field(default_factory=lambda: Grants(CODE_LIFE))
    wechat_tokens: Grants = field(default_factory=lambda: Grants(TOKEN_LIFE))
    codes: Grants = field(default_factory=lambda: Grants(CODE_LIFE))
    tickets: Grants = field(default_factory=lambda: Grants(CODE_LIFE))
    tokens: Grants = field(default_factory=lambda: Grants(TOKEN_LIFE))
    pictures: Grants = field(default_factory=lambda: Grants(CODE_LIFE))
    phone_codes: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def deliver(self, phone: str, sender: str, text: str) -> str:
        """Put a text into an inbox; its number."""
        number = secrets.token_hex(8)
        with self.lock:
            self.messages.append(Message(phone, sender, text, clock.now(), number))
            del self.messages[:-KEPT_MESSAGES]
        return number

    def inbox(self, phone: str = "") -> list[Message]:
        """Newest first."""
        return [one for one in reversed(self.messages) if phone in ("", one.phone)]

    def first_use(self, nonce: str) -> bool:
        """Whether this word of a signed request was never seen."""
        with self.lock:
            new = nonce not in self.nonces
            self.nonces.add(nonce)
        return new

    def add(self, account: Account) -> bool:
        """Register an account unless its user name is taken."""
        with self.lock:
            if account.username in self.accounts:
                return False
            self.accounts[account.username] = account
        return True

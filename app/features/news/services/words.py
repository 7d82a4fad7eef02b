"""The list of sensitive words: uploaded whole, replaced whole."""

from __future__ import annotations

import hashlib
from typing import IO

from app.core.actor import Actor
from app.core.errors import Refusal
from app.engines import trail
from app.engines.files.names import clean_name
from app.extensions import db
from app.extensions.locks import lock
from app.features.news import queries, rules
from app.features.news.models import WordList

LOCKS = 7_292
MOST_BYTES = 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")


def replace_words(actor: Actor, stream: IO[bytes], name: str) -> WordList:
    """Take a txt or csv file in the place of the present list."""
    safe = clean_name(name)
    if not safe.lower().endswith((".txt", ".csv")):
        raise Refusal("words_type")
    raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refusal("words_too_big")
    words = rules.words_of(_text(raw))
    if not words:
        raise Refusal("words_none")
    if len(words) > rules.MOST_WORDS:
        raise Refusal("words_too_many", number=len(words), most=rules.MOST_WORDS)
    long = next((word for word in words if len(word) > rules.WORD_LENGTH), None)
    if long is not None:
        raise Refusal("word_too_long", word=long[:20], most=rules.WORD_LENGTH)
    return _put(actor, safe, words, hashlib.sha256(raw).hexdigest())


def clear_words(actor: Actor) -> None:
    """Nobody is warned of words any more."""
    if queries.word_list() is not None:
        _put(actor, "", (), hashlib.sha256(b"").hexdigest())


def _text(raw: bytes) -> str:
    if b"\x00" in raw:
        raise Refusal("words_type")
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("words_type")


def _put(actor: Actor, name: str, words: tuple[str, ...], digest: str) -> WordList:
    lock(LOCKS, "words")
    before = queries.locked_word_list()
    old = {"name": "", "number": 0} if before is None else _facts(before)
    made = WordList(
        name=name,
        words=list(words),
        number=len(words),
        sha256=digest,
        created_by=actor.user_id,
        updated_by=actor.user_id,
    )
    if before is not None:
        db.session.delete(before)
        db.session.flush()
    db.session.add(made)
    db.session.flush()
    new = _facts(made)
    trail.record(
        actor,
        "news.words_replaced",
        trail.Ref("news_words", "list"),
        changes={key: [old[key], new[key]] for key in new if old[key] != new[key]},
        details={"sha256": digest},
    )
    return made


def _facts(found: WordList) -> dict[str, object]:
    return {"name": found.name, "number": found.number}

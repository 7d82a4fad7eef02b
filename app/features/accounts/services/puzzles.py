"""A picture to read, or a small sum in words for whoever cannot: asked after the first code."""

from __future__ import annotations

import hmac
import io
import random
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from app.core import clock
from app.core.errors import Refusal
from app.extensions import db
from app.extensions.sealing import keyring
from app.features.accounts import queries
from app.features.accounts.models import Puzzle

SIGNS = "ACDEFHJKLMNPRTUVWXY34679"  # nothing that looks like another sign
LENGTH = 4
GOOD_FOR = timedelta(minutes=10)
WIDTH, HEIGHT = 160, 56
NUMBERS = "零一二三四五六七八九"


def new_picture(browser: str) -> bytes:
    """Another picture for this browser, as PNG; the one before is worth nothing any more."""
    text = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    _keep(browser, text, "picture")
    return _drawn(text)


def new_sum(browser: str) -> tuple[int, int]:
    """Two numbers from 1 to 9 to be added: for people who cannot read the picture."""
    first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    _keep(browser, str(first + second), "sum")
    return first, second


def in_words(first: int, second: int) -> tuple[str, str]:
    """The numbers as Chinese signs, which a script reads less easily than a person."""
    return NUMBERS[first], NUMBERS[second]


def check(browser: str, answer: str, *, now: datetime) -> Refusal | None:
    """``None`` when ``answer`` solves the browser's puzzle. Commit either way: it is used up."""
    if not answer.strip():
        return Refusal("puzzle_needed", fields={"answer": "puzzle_needed"})
    found = queries.puzzle_of(browser)
    wrong = Refusal("puzzle_wrong", fields={"answer": "puzzle_wrong"})
    if found is None:
        return wrong
    solved = keyring().open(found.sealed, _place(browser))
    fresh = now - found.created_at < GOOD_FOR
    db.session.delete(found)
    db.session.flush()
    good = hmac.compare_digest(solved.encode(), answer.strip().upper().encode())
    return None if fresh and good else wrong


def forget_old(now: datetime) -> None:
    """Puzzles that are too old to be answered."""
    db.session.execute(sa.delete(Puzzle).where(Puzzle.created_at < now - GOOD_FOR))


def _keep(browser: str, answer: str, kind: str) -> None:
    db.session.execute(sa.delete(Puzzle).where(Puzzle.browser == browser))
    sealed = keyring().seal(answer, _place(browser))
    db.session.add(Puzzle(browser=browser, sealed=sealed, kind=kind, created_at=clock.now()))
    db.session.flush()


def _place(browser: str) -> str:
    return f"puzzle.sealed:{browser}"


def _drawn(text: str) -> bytes:
    """Signs turned and shifted over lines and dots; large enough to be read."""
    draw_with = random.SystemRandom()
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#f5f7fa")
    pen = ImageDraw.Draw(picture)
    for _ in range(5):
        ends = [(draw_with.randrange(WIDTH), draw_with.randrange(HEIGHT)) for _ in range(2)]
        pen.line([*ends[0], *ends[1]], fill=_shade(draw_with, 150, 215), width=2)
    font = ImageFont.load_default(size=36)
    for place, sign in enumerate(text):
        tile = Image.new("RGBA", (48, 52), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((8, 2), sign, font=font, fill=_shade(draw_with, 20, 110))
        turned = tile.rotate(draw_with.uniform(-24, 24), resample=Image.Resampling.BICUBIC)
        left = 6 + place * 37 + draw_with.randrange(-3, 4)
        picture.paste(turned, (left, draw_with.randrange(-2, 6)), turned)
    for _ in range(160):
        spot = (draw_with.randrange(WIDTH), draw_with.randrange(HEIGHT))
        pen.point(spot, fill=_shade(draw_with, 90, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _shade(draw_with: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return (draw_with.randrange(low, high),) * 3

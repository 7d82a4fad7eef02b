"""Drawn things as SVG: a code to scan that leads nowhere, a picture code, a business licence."""

from __future__ import annotations

import hashlib
import random

from markupsafe import Markup, escape

from sandbox.seed import Account

SIDE = 25
SIGNS = "ABCDEFGHJKLMNPQRTUVWXY346789"


def qr_code(text: str) -> Markup:
    """Looks like a QR code, is none: no phone outside can be led anywhere by it."""
    seed = hashlib.sha256(text.encode()).digest()
    chance = random.Random(seed)  # noqa: S311 - a drawing
    dots = [
        (x, y)
        for y in range(SIDE)
        for x in range(SIDE)
        if not _corner(x, y) and chance.random() < 0.48
    ]
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in dots)
    for x, y in ((0, 0), (SIDE - 7, 0), (0, SIDE - 7)):
        path += f"M{x} {y}h7v7h-7zM{x + 1} {y + 1}v5h5v-5zM{x + 2} {y + 2}h3v3h-3z"
    return Markup(  # noqa: S704 - numbers alone
        f'<svg class="qr" viewBox="-1 -1 {SIDE + 2} {SIDE + 2}" role="img" aria-label="模拟二维码">'
        f'<path fill-rule="evenodd" d="{path}"/></svg>'
    )


def _corner(x: int, y: int) -> bool:
    far = SIDE - 8
    return (x < 8 and y < 8) or (x >= far and y < 8) or (x < 8 and y >= far)


def picture_word() -> str:
    """Five signs that are not mistaken for each other."""
    return "".join(random.SystemRandom().choice(SIGNS) for _ in range(5))


def picture_code(word: str) -> str:
    """The word, each sign turned and moved a little."""
    chance = random.Random(word)  # noqa: S311 - a drawing
    signs = "".join(
        f'<text x="{14 + 22 * place}" y="{28 + chance.randint(-3, 3)}" '
        f'transform="rotate({chance.randint(-18, 18)} {14 + 22 * place} 24)">{sign}</text>'
        for place, sign in enumerate(word)
    )
    lines = "".join(
        f'<path d="M0 {chance.randint(4, 36)} Q60 {chance.randint(0, 40)} '
        f'120 {chance.randint(4, 36)}" stroke="#8aa" fill="none"/>'
        for _ in range(3)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40" '
        'font-family="monospace" font-size="24" font-weight="700" fill="#274">'
        f'<rect width="120" height="40" fill="#eef4f1"/>{lines}{signs}</svg>'
    )


def licence(account: Account) -> str:
    """A business licence that nobody takes for a real one."""
    company = account.company
    if company is None:
        raise ValueError("a natural person has no business licence")
    rows = (
        ("统一社会信用代码", company.uscc),
        ("名称", company.name),
        ("类型", company.kind),
        ("法定代表人", company.representative),
        ("住所", company.address),
        ("成立日期", company.since),
        ("登记机关", "海南省市场监督管理局（模拟）"),
    )
    lines = "".join(
        f'<text x="90" y="{230 + 48 * place}" fill="#566">{escape(name)}</text>'
        f'<text x="270" y="{230 + 48 * place}">{escape(value)}</text>'
        for place, (name, value) in enumerate(rows)
    )
    marks = "".join(
        f'<text x="{x}" y="{y}" transform="rotate(-24 {x} {y})" font-size="44" '
        'fill="#c33" fill-opacity=".13">模拟环境 无效</text>'
        for x in (60, 440)
        for y in (240, 420, 600)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 620" width="800" height="620" '
        'font-family="sans-serif" font-size="20" fill="#122"><title>营业执照（模拟）</title>'
        '<rect width="800" height="620" fill="#fdfbf4"/>'
        '<rect x="24" y="24" width="752" height="572" fill="none" stroke="#b99b57" stroke-width="3"/>'
        '<text x="400" y="120" text-anchor="middle" font-size="46" font-weight="700">营业执照</text>'
        '<text x="400" y="160" text-anchor="middle" font-size="18" fill="#a33">'
        f"模拟环境生成，仅供演示</text>{lines}{marks}</svg>"
    )

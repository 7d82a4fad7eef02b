"""What every template may call: icons, the side menu, dates and small looks at a page's data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_datetime, gettext, lazy_gettext
from markupsafe import Markup
from msgspec import Struct

from app.core import clock
from app.core.actor import Actor
from app.extensions.phrases import clauses, listed
from app.web import fragments, site
from app.web.acting import asked_view, my_parks
from app.web.asking import asking
from app.web.cells import drawn
from app.web.listing.build import periods
from app.web.listing.page import Column, Row
from app.web.listing.sourced import shared_source
from app.web.locale import current_language

SPRITE = "vendor/icons/icons.svg"
#: Cells under the name on a phone before the card sends the reader to the record.
CARD_FACTS = 4
#: From here on words may take a second line where a table is wider than its box.
LONG_WORDS = 10

_role_titles: dict[str, Any] = {}


class MenuLink(Struct, frozen=True):
    label: str
    url: str
    icon: str
    active: bool


class MenuGroup(Struct, frozen=True):
    """A category with its links; ``label`` is empty for links outside any category."""

    label: str
    links: tuple[MenuLink, ...]


class ColumnDress(Struct, frozen=True):
    """What every cell of a column carries: class and phone label, as one ready attribute text."""

    head: Markup
    cell: Markup


def init(app: Flask, role_titles: dict[Any, Any]) -> None:
    """``role_titles``: role name -> its words (injected by wiring)."""
    _role_titles.clear()
    _role_titles.update({str(name): title for name, title in role_titles.items()})
    app.jinja_env.globals.update(
        asking=asking,
        icon=icon,
        side_menu=side_menu,
        zone_name=zone_name,
        help_hours=help_hours,
        role_title=role_title,
        place_name=place_name,
        error_layout=error_layout,
        script_url=script_url,
        today_text=today_text,
        html_lang=html_lang,
        here=here,
        column_dress=column_dress,
        shared_source=shared_source,
        periods=periods,
    )
    fragments.init(app)
    app.jinja_env.filters.update(
        datetime_text=datetime_text,
        drawn=drawn,
        size_text=size_text,
        date_text=date_text,
        field_text=field_text,
        posted_values=posted_values,
        errors_of=errors_of,
        initial=initial,
        listed=listed,
        clauses=clauses,
    )


def icon(name: str, css: str = "") -> Markup:
    """A drawing from the sprite, hidden from assistive technology: a word stands beside it."""
    known = name if name in icon_names() else "point"
    if "sprite" not in g:
        g.sprite = url_for("static", filename=SPRITE)
    return _drawing(g.sprite, known, css)


@lru_cache(maxsize=512)
def _drawing(sprite: str, name: str, css: str) -> Markup:
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        f" {css}" if css else "", sprite, name
    )


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    sprite = Path(str(current_app.static_folder)) / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))


def script_url() -> str:
    """The address of the entry script; its mark covers every module beside it."""
    return url_for("static", filename="js/main.js", v=_scripts_hash())


@lru_cache(maxsize=1)
def _scripts_hash() -> str:
    digest = hashlib.sha256()
    for file in sorted((Path(str(current_app.static_folder)) / "js").glob("*.js")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def side_menu() -> tuple[MenuGroup, ...]:
    """What the signed-in person may open, in menu order, with the current place marked."""
    entries = _entries()
    active = _active_url(
        [link["url"] for entry in entries for link in entry.get("childs", [entry])]
    )
    groups: list[MenuGroup] = []
    for entry in entries:
        links = tuple(_link(link, active) for link in entry.get("childs", [entry]))
        if "childs" in entry:
            groups.append(MenuGroup(str(entry["label"]), links))
        elif groups and not groups[-1].label:
            groups[-1] = MenuGroup("", groups[-1].links + links)
        else:
            groups.append(MenuGroup("", links))
    return tuple(group for group in groups if group.links)


def _entries() -> list[Any]:
    """FAB's menu: put together once per process for all who may open the same."""
    builder: Any = current_app.appbuilder  # type: ignore[attr-defined]
    kept: dict[Any, list[Any]] = current_app.extensions.setdefault("parkdesk_menus", {})
    key = current_language(), builder.sm.get_user_menu_access()
    if key not in kept:
        if len(kept) >= fragments.MOST:
            kept.clear()
        found = [entry for entry in builder.menu.get_data() if entry != "-"]
        kept[key] = [_worded(entry) for entry in found]
    return kept[key]


def _worded(entry: dict[str, Any]) -> dict[str, Any]:
    """With its words said now, in this language."""
    childs = {"childs": [_worded(one) for one in entry["childs"]]} if "childs" in entry else {}
    return {**entry, **childs, "label": str(entry["label"])}


def _active_url(urls: list[str]) -> str:
    """The longest menu address that the current path lies under, or the place that its view names
    for want of one of its own; 工作台 is only where it is."""
    place = getattr(asked_view(), "menu_place", "") or request.path
    here = f"{place.rstrip('/')}/"
    under = [
        url
        for url in urls
        if here.startswith(f"{_stem(url)}/") and (_stem(url) != "/desk" or here == "/desk/")
    ]
    return max(under, key=len, default="")


def _stem(url: str) -> str:
    """``/desk/enterprises/list/`` and its records share ``/desk/enterprises``."""
    return url.split("?", 1)[0].rstrip("/").removesuffix("/list")


def _link(entry: dict[str, Any], active: str) -> MenuLink:
    return MenuLink(
        label=str(entry["label"]),
        url=entry["url"],
        icon=entry["icon"],
        active=entry["url"] == active,
    )


def zone_name() -> str:
    return site.zone_name()


#: The default of HELP_HOURS, so that it is said in English too.
DEFAULT_HOURS = lazy_gettext("工作日 8:30–17:30")


def help_hours() -> str:
    hours = str(current_app.config["HELP_HOURS"])
    return gettext(hours) if hours else ""


def role_title(actor: Actor) -> str:
    """The words for a person's roles."""
    return " / ".join(str(_role_titles.get(name, name)) for name in sorted(actor.roles))


def place_name(actor: Actor) -> str:
    """For whom the person acts: the chosen park, or the whole zone."""
    if actor.sees_all:
        return gettext("全部园区/基地")
    names = {row.park_id: row.park_name for row in my_parks()}
    return str(names.get(actor.acting_park_id, ""))


def error_layout(status: int) -> str:
    """The frame of an error page: the desk only when all it prints is already in memory."""
    known = all(name in g for name in ("actor", "my_parks", "_granted"))
    signed_in = known and g.actor.user_id is not None
    return "layout/desk.html" if signed_in and status < 500 else "layout/public.html"


def render_alone(template: str, **context: Any) -> str:
    """Render without asking who is signed in: works when not even the session could be opened."""
    return current_app.jinja_env.get_template(template).render(**context)


def html_lang() -> str:
    return "en" if current_language() == "en" else "zh-CN"


def here() -> str:
    """This page's address with its query: where a POST of the frame returns to.

    An act that answers with a page of its own (a new password, a revealed value) has no address
    that could be asked for again.
    """
    if request.method != "GET":
        adapter = current_app.create_url_adapter(request)
        return request.path if adapter is not None and adapter.test(method="GET") else "/desk/"
    return request.full_path.rstrip("?")


def today_text(form: str = "full") -> str:
    """Today in the zone: ``full`` as words, ``short`` as 2026-11-20 星期五."""
    pattern = "full" if form == "full" else "yyyy-MM-dd EEEE"
    return str(format_datetime(clock.now(), _day_only(pattern)))


def _day_only(pattern: str) -> str:
    if pattern != "full":
        return pattern
    return "EEEE, d MMMM y" if current_language() == "en" else "y年M月d日  EEEE"


def datetime_text(moment: datetime | None) -> str:
    """An aware moment as 2026-11-20 09:41 in the zone's time."""
    return str(format_datetime(moment, "yyyy-MM-dd HH:mm")) if moment else ""


def size_text(size: int) -> str:
    """Bytes as people read them: 820 KB, 3.2 MB; never less than 1 KB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000)):,} KB"
    return f"{size / 1_000_000:,.1f} MB"


def date_text(day: date | None) -> str:
    return str(format_date(day, "yyyy-MM-dd")) if day else ""


def initial(name: str) -> str:
    """The sign of a person in the round mark."""
    return name[:1].upper() or "·"


def column_dress(columns: Sequence[Column], rows: Sequence[Row]) -> list[ColumnDress]:
    """Class and phone label of each column, worked out once instead of in every cell."""
    sample = rows[0].cells if rows else ()
    facts = 0
    told = False  # a card has one corner for where the entry stands; another dot is a fact
    dressed = []
    for number, column in enumerate(columns):
        cell = sample[number] if number < len(sample) else None
        stands = bool(cell and cell.dot) and not told
        told = told or (stands and not column.frozen)
        plain = not column.frozen and not stands and not (cell and cell.code)
        facts += plain
        marks = {
            "num": column.numeric,
            "name": column.frozen,
            "code": bool(cell and cell.code),
            "state": stands,
            "rest": plain and facts > CARD_FACTS and not _sorts(column),
            "words": (plain or column.frozen) and _long(rows, number),
        }
        css = " ".join(mark for mark, on in marks.items() if on)
        classes = Markup(' class="{}"').format(css) if css else Markup("")
        words = f"{column.label} ({column.unit})" if column.unit else column.label
        label = Markup(' data-label="{}"').format(words) if plain else Markup("")
        dressed.append(ColumnDress(head=classes, cell=classes + label))
    return dressed


def _sorts(column: Column) -> bool:
    """A card always shows by what the list is sorted."""
    return column.aria_sort in ("ascending", "descending")


def _long(rows: Sequence[Row], number: int) -> bool:
    """Whether a column holds words that may take a second line; figures, days and codes may not."""
    texts = (str(row.cells[number].text) for row in rows)
    return any(len(text) >= LONG_WORDS and not text.isascii() for text in texts)


def field_text(field: Any) -> str:
    """The value of a form field as a person reads it (for locked fields)."""
    if hasattr(field, "iter_choices") and getattr(field, "choices", None):
        chosen = [str(choice[1]) for choice in field.iter_choices() if choice[2]]
        return gettext("、").join(chosen)
    if isinstance(field.data, bool):
        return gettext("是") if field.data else gettext("否")
    return str(field._value()) if hasattr(field, "_value") else str(field.data or "")


def posted_values(form: Any) -> Iterator[tuple[str, str]]:
    """Name and text of everything a form was sent with, to send it once more."""
    for field in form:
        if field.name == "csrf_token" or field.type in {"FileField", "MultipleFileField"}:
            continue
        if field.type == "HiddenField" or field.raw_data is None:
            values = [field._value()] if hasattr(field, "_value") else [field.data or ""]
        else:
            values = field.raw_data
        yield from ((field.name, str(value)) for value in values)


def errors_of(form: Any) -> list[tuple[str, str, str]]:
    """``(input id, label, words)`` of each error, in the order of the fields."""
    unseen = {"CSRFTokenField", "HiddenField"}
    found = [
        ("", "", str(text))
        if field.type in unseen
        else (field.id, str(field.label.text), str(text))
        for field in form
        for text in field.errors
    ]
    return found + [("", "", str(text)) for text in getattr(form, "form_errors", [])]

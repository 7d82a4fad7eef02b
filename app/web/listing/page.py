"""What a list, record or form template is given: plain data, no query, no rights, no arithmetic.

Templates print these; every text is already translated or lazy, every address already built.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from app.extensions.why import Why

SHARED_OPTIONS = 100


class Link(Struct, frozen=True):
    """A button, link or menu entry. ``post`` = a form with CSRF; ``confirm`` = the dialog's text."""

    label: Any
    url: str
    icon: str = ""
    kind: str = "default"  # primary | default | danger | link
    post: bool = False
    confirm: Any = ""  # full sentence naming the thing
    confirm_label: Any = ""  # the dialog's button, e.g. 删除
    hint: Any = ""  # why it is disabled, or what it does
    disabled: bool = False
    dialog: str = ""  # id of a dialog to open instead of following url
    ask: Any = ""  # label of a free text that the confirming dialog asks for, sent as ``reason``
    ask_optional: bool = False  # the text may be left out
    more: str = ""  # address that tells the dialog what hangs on the thing: {"lines": [...]}
    named: str = ""  # in a row: the dialog is ``ListPage.row_ask``, about the thing of this name


class Tab(Struct, frozen=True):
    """A status tab. ``count`` may be a capped text ("10,000+")."""

    label: Any
    url: str
    count: str = ""
    active: bool = False
    warn: bool = False


class Control(Struct, frozen=True):
    """One filter. ``kind``: choice | multi | text | date_range | number_range | bool.

    ``name`` is the query parameter (ranges use ``name.from`` and ``name.to``).
    """

    name: str
    label: Any
    kind: str
    value: Any = ""  # str, or list[str] for multi, or (from, to) for ranges
    options: tuple[tuple[str, Any], ...] = ()
    promoted: bool = False
    unit: str = ""
    placeholder: Any = ""

    @property
    def empty(self) -> bool:
        """Nothing is chosen or typed."""
        return not (any(self.value) if isinstance(self.value, tuple) else self.value)

    @property
    def shared(self) -> bool:
        """Worth keeping for everybody: a choice of all parks is large, and another after each new one."""
        return self.empty and len(self.options) <= SHARED_OPTIONS

    @property
    def mark(self) -> tuple[Any, ...]:
        """What tells one control in which nothing is chosen from another."""
        return self.name, self.label, self.kind, self.options, self.unit, self.placeholder


class Chip(Struct, frozen=True):
    """An active filter with the address that removes it."""

    label: Any
    value: Any
    remove_url: str
    built: bool = False  # by the builder of conditions, which opens it again


class Column(Struct, frozen=True):
    """A table column. ``aria_sort``: ascending | descending | none | "" (not sortable)."""

    name: str
    label: Any
    sort_url: str = ""
    aria_sort: str = ""
    numeric: bool = False
    frozen: bool = False  # the name column: sticky, carries the link
    shown: bool = True
    unit: Any = ""


class Cell(Struct, frozen=True):
    """One value. ``dot``: success | warning | danger | muted | info (7 px before the word)."""

    text: Any  # already formatted; "" = the grey dash
    dot: str = ""
    tag: str = ""  # tinted tag class: success | warning | danger | info | muted
    muted: Any = ""  # second, grey part (e.g. the masked phone after the contact)
    url: str = ""
    code: bool = False  # monospaced digits
    raw: bool = False  # as it was written down then: in whatever language
    links: tuple[tuple[Any, str], ...] = ()  # instead of the text: words and address of each


class Row(Struct, frozen=True):
    pk: str
    name: Any  # accessible name of the row
    cells: tuple[Cell, ...]
    acts: tuple[Link, ...] = ()
    status: Cell | None = None  # for the phone card


class Pager(Struct, frozen=True):
    page: int
    pages: int
    size: int
    sizes: tuple[tuple[int, str], ...]  # (size, url)
    links: tuple[tuple[str, str, bool], ...]  # (label or "…", url, current)
    previous_url: str = ""
    next_url: str = ""
    jump_url: str = ""  # ends with "page="
    text: Any = ""  # "共 46 条，已筛选自 128 条"


class BulkAct(Struct, frozen=True):
    """``needs``: name of a <select> the act asks for, with options."""

    name: str
    label: Any
    url: str
    icon: str = ""
    kind: str = "default"
    confirm: Any = ""
    options: tuple[tuple[str, Any], ...] = ()
    option_label: Any = ""
    ask: Any = ""  # as of ``Link``
    ask_optional: bool = False
    more: str = ""  # where the chosen rows are sent for what hangs on them, before it is asked


class ViewLink(Struct, frozen=True):
    """A saved view in the menu of its list."""

    key: int
    label: Any
    url: str
    active: bool = False
    own: bool = True
    shared: bool = False
    default: bool = False
    settings_url: str = ""


class Empty(Struct, frozen=True):
    """Why there is nothing: title, text, what to do. ``kind``: nothing | no_match."""

    kind: str
    title: Any
    text: Any = ""
    acts: tuple[Link, ...] = ()


class ListPage(Struct, frozen=True):
    title: Any
    count_text: Any
    columns: tuple[Column, ...]  # shown ones, in order
    rows: tuple[Row, ...]
    base_url: str  # the list's own path
    query: str = ""  # the search text
    search_label: Any = ""
    search_hint: Any = ""
    tabs: tuple[Tab, ...] = ()
    controls: tuple[Control, ...] = ()
    chips: tuple[Chip, ...] = ()
    clear_url: str = ""
    keep: tuple[
        tuple[str, str], ...
    ] = ()  # hidden inputs the search form carries (sort, tab, size)
    acts: tuple[Link, ...] = ()  # top right; the last primary one may hold a menu
    menus: dict[str, tuple[Link, ...]] = field(
        default_factory=dict
    )  # label -> entries of a split button
    pager: Pager | None = None
    bulk: tuple[BulkAct, ...] = ()
    total_matching: int = 0
    most_bulk: int = 0  # "all that match" is offered up to this many
    all_columns: tuple[Column, ...] = ()  # for the chooser; () = no chooser
    chooser_url: str = ""  # POST columns=a,b,c & density=
    density: str = "comfortable"  # comfortable | compact
    views: tuple[ViewLink, ...] = ()
    save_view_url: str = ""  # POST name= and ``view_data``; "" = not offered
    all_url: str = ""  # the list without any view
    view_name: str = ""  # of the one that is open
    view_changed: bool = False  # the list does not show any more what the view says
    view_update_url: str = ""  # POST ``view_data``; "" = another's view
    view_data: tuple[tuple[str, str], ...] = ()
    conditions_url: str = ""  # what the builder asks; "" = no builder
    empty: Empty | None = None
    notice: Any = ""
    breadcrumbs: tuple[Link, ...] = ()
    show_numbers: bool = True
    first_number: int = 1
    year: str = ""
    years: tuple[tuple[str, str, bool], ...] = ()  # (label, url, current)
    whys: tuple[Why, ...] = ()  # acts that are looked for here, and what stands against them
    row_ask: Link | None = None  # said once for all rows; {name} and {pk} stand for a row's


class Fact(Struct, frozen=True):
    """A label and its value on a record page; ``reveal_url`` = POST that shows a masked value,
    ``name`` the field it is of. ``source``: where the value came from, ``proven``: it is certified."""

    label: Any
    value: Cell
    reveal_url: str = ""
    wide: bool = False
    name: str = ""
    source: str = ""
    source_url: str = ""
    proven: bool = False


class Ask(Struct, frozen=True):
    """The purpose that is asked before a value is shown: what is offered, what stands in the field,
    and what is wrong with it, at the field ``at``."""

    phrases: tuple[str, ...]
    value: str = ""
    error: str = ""
    at: str = ""


class HistoryItem(Struct, frozen=True):
    """One act on a record: who, when (aware UTC), what, and old -> new per field."""

    at: Any
    actor: str
    action: Any
    changes: tuple[tuple[Any, str, str], ...] = ()
    note: Any = ""
    url: str = ""


class ShowPage(Struct, frozen=True):
    title: Any
    sections: tuple[tuple[Any, tuple[Fact, ...]], ...]
    subtitle: Any = ""
    status: Cell | None = None
    acts: tuple[Link, ...] = ()
    tabs: tuple[Tab, ...] = ()  # 详情 / 变更记录 / related
    history: tuple[HistoryItem, ...] = ()
    looks: tuple[HistoryItem, ...] = ()  # who only read something guarded; apart from the changes
    notice: Any = ""
    ask: Ask | None = None  # before a masked value is shown
    whys: tuple[Why, ...] = ()  # acts that are looked for here, and what stands against them
    breadcrumbs: tuple[Link, ...] = ()
    current_tab: str = "facts"


class MergeField(Struct, frozen=True):
    """A field that two people wrote differently: mine, theirs, and what both began with."""

    name: str
    label: Any
    mine: str
    theirs: str
    before: str | None = None  # not known: no form carried it


class FormPage(Struct, frozen=True):
    """``form``: a WTForms form; ``sections``: (title, field names). ``merge`` set = the 409 page."""

    title: Any
    form: Any
    sections: tuple[tuple[Any, tuple[str, ...]], ...]
    action: str
    cancel_url: str
    submit_label: Any
    subtitle: Any = ""
    hints: dict[str, Any] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    locked: dict[str, Any] = field(default_factory=dict)  # field -> source and time
    proven: frozenset[str] = frozenset()  # locked ones that somebody has verified: a tick
    wide: frozenset[str] = frozenset()
    breadcrumbs: tuple[Link, ...] = ()
    notice: Any = ""
    merge: tuple[MergeField, ...] = ()
    merged_by: str = ""
    state_text: Any = ""  # left of the bottom bar
    draft_key: str = ""  # key under which the browser keeps typed text until saved

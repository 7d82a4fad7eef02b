"""What may stand in a stored text: the explicit list. Everything else is left out."""

from __future__ import annotations

import re

#: Elements of a stored text and their attributes.
KEPT: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("p", "h2", "h3", "h4", "ul", "blockquote", "pre", "code", "strong", "em", "u", "s"),
            *("sub", "sup", "table", "caption", "thead", "tbody", "tr"),
        ),
        frozenset(),
    ),
    "br": frozenset(),
    "hr": frozenset(),
    "ol": frozenset({"start"}),
    "li": frozenset(),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "td": frozenset({"colspan", "rowspan"}),
}
#: Alignment is the one look an author may give; on these elements, as one of these classes.
ALIGNED = frozenset({"p", "h2", "h3", "h4", "th", "td"})
ALIGN_CLASSES = frozenset({"text-center", "text-end"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LINK_REL = "noopener noreferrer nofollow"
#: Where a picture of ours is served; the 32 hex digits are its file's key.
PICTURE_PATH = "/pictures/"
PICTURE = re.compile(
    r"(?:https?://[^/?#\s]{1,255})?/pictures/([0-9a-f]{32})(?:[?#].*)?", re.IGNORECASE
)

BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "table", "caption", "thead"}
    | {"tbody", "tr", "th", "td", "hr"}
)
INLINE = frozenset({"strong", "em", "u", "s", "sub", "sup", "code", "a"})
VOID = frozenset({"br", "hr", "img"})

#: What pasted text is made of, besides: read, turned into the above, never stored.
PASTED = frozenset(
    {"div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "center"}
    | {"figure", "figcaption", "details", "summary", "dl", "dt", "dd", "h1", "h5", "h6", "tfoot"}
    | {"span", "font", "b", "i", "strike", "del", "ins", "big", "small", "tt", "kbd", "samp"}
    | {"var", "cite", "dfn", "mark", "q", "abbr", "time", "picture"}
)
#: Of these not even the text is kept.
SWALLOWED = frozenset(
    {"script", "style", "template", "noscript", "title", "head", "iframe", "object", "embed"}
    | {"applet", "svg", "math", "audio", "video", "canvas", "map", "select", "textarea", "button"}
    | {"xml", "frameset", "noframes", "noembed", "plaintext", "xmp", "dialog", "portal"}
)

#: A text longer than this is refused: a book is no article.
MAX_SIGNS = 500_000
#: Elements deeper than this are unwrapped.
MAX_DEPTH = 40
#: A text nested deeper than this was made to be slow: its words are all that is read.
MOST_NESTED = 1_000
MAX_SPAN = 100

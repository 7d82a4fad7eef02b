"""Rich text: the one place that decides which HTML of a person is kept, stored and shown.

``clean`` runs when a text is saved and again when it is shown, so that a rule made stricter later
holds for what is stored already. What a browser's editor does is convenience; this is the rule.
"""

from __future__ import annotations

from app.engines.richtext.cleaning import Clean, clean
from app.engines.richtext.dropping import Dropped
from app.engines.richtext.labels import LABELS, lost_words
from app.engines.richtext.reading import WordFound, pictures, summary, text, words_found
from app.engines.richtext.rules import MAX_SIGNS, PICTURE_PATH
from app.engines.richtext.showing import shown

__all__ = [
    "LABELS",
    "MAX_SIGNS",
    "PICTURE_PATH",
    "Clean",
    "Dropped",
    "WordFound",
    "clean",
    "lost_words",
    "pictures",
    "shown",
    "summary",
    "text",
    "words_found",
]

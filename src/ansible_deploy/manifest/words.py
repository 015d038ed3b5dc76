"""How values from an app's files are spoken of in messages: quoted, shortened, and harmless.

Nothing from a file reaches a terminal except through ``quote``, so control characters and
invisible letters show as what they are.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST = 60
VISIBLE = ("L", "M", "N", "P", "S")  # Unicode's letters, marks, numbers, punctuation, symbols
UNSEEN_MARKS = frozenset(["\u034f", *map(chr, range(0xFE00, 0xFE10))])


def quote(text: str) -> str:
    """Return the text in double quotes, shortened, with everything invisible spelled out."""
    return f'"{shown(text)}"'


def shown(text: str) -> str:
    """Return the text shortened, with everything invisible spelled out."""
    rest = "..." if len(text) > LONGEST else ""
    return "".join(_visible(character) for character in text[:LONGEST]) + rest


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ``did you mean "port"?`` for the candidate most like the word, or nothing."""
    found = closest(word, candidates)
    return f'did you mean "{found}"?' if found else ""


def closest(word: str, candidates: Iterable[str]) -> str:
    """Return the candidate that looks most like the word, or an empty text."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.lower()[:LONGEST], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return ``a, b or c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def invisible(text: str) -> str:
    """Return the name of the first letter of the text that cannot be seen, or an empty text."""
    for character in text:
        if character != " " and not _is_plain(character):
            return name_of(character)
    return ""


def name_of(character: str) -> str:
    """Return what a character is called: ``zero width space``, ``line break``."""
    named = {"\n": "line break", "\r": "line break", "\t": "tab"}.get(character, "")
    return named or unicodedata.name(character, f"CONTROL CHARACTER {ord(character)}").lower()


def _visible(character: str) -> str:
    if character == " " or _is_plain(character):
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    return f"<U+{ord(character):04X}>"


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] in VISIBLE and character not in UNSEEN_MARKS

"""Take secrets out of text, in every form in which our tools may print them."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "***"
SHORTEST = 4
"""Shorter values are not masked: they would turn ordinary words into stars."""


class Mask:
    """Replaces every form of every known secret by stars."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Knows these secrets."""
        self._words: set[str] = set()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn more secrets."""
        for secret in secrets:
            self._words |= forms(secret)

    def __call__(self, text: str) -> str:
        shown, end = "", 0
        for start, stop in sorted(span for word in self._words for span in _spans(word, text)):
            if start >= end:
                shown += text[end:start] + HIDDEN
            end = max(end, stop)
        return shown + text[end:]


def _spans(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Where ``word`` stands in the text, also where it overlaps itself."""
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + 1)


def forms(secret: str) -> set[str]:
    """Every way in which ``secret`` may stand in a text: as it is, quoted, escaped, encoded."""
    plain = {secret, *secret.splitlines()}
    if "://" in secret:
        plain |= _passwords(secret)
    found: set[str] = set()
    for word in plain:
        if len(word) < SHORTEST:
            continue
        data = word.encode()
        encoded = base64.b64encode(data).decode()
        found |= {word, shlex.quote(word), repr(word)[1:-1], json.dumps(word)[1:-1]}
        found |= {
            json.dumps(word, ensure_ascii=False)[1:-1],
            quote(word),
            quote(word, safe=""),
            quote_plus(word),
        }
        found |= {encoded, encoded.rstrip("="), base64.urlsafe_b64encode(data).decode(), data.hex()}
    found |= {json.dumps(word)[1:-1] for word in found}  # a quoted word in an event, which is JSON
    return {word for word in found if len(word) >= SHORTEST}


def _passwords(address: str) -> set[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return set()
    return {password, unquote(password)} if password else set()

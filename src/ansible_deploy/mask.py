"""Take secrets out of text, in every form in which our tools may print them."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, urlsplit

HIDDEN = "***"
SHORTEST = 4
"""Shorter values are not masked: they would turn ordinary words into stars."""


class Mask:
    """Replaces every form of every known secret by stars."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Knows these secrets."""
        self._words: list[str] = []
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Learn more secrets."""
        words = set(self._words)
        for secret in secrets:
            words |= forms(secret)
        self._words = sorted(words, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for word in self._words:
            if word in text:
                text = text.replace(word, HIDDEN)
        return text


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
            quote(word, safe=""),
            quote_plus(word),
        }
        found |= {encoded, encoded.rstrip("="), base64.urlsafe_b64encode(data).decode(), data.hex()}
    return {word for word in found if len(word) >= SHORTEST}


def _passwords(address: str) -> set[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return set()
    return {password} if password else set()

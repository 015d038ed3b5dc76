"""HTML that is escaped by the way it is made: a text is markup only as part of an element."""

from __future__ import annotations

from html import escape

from .wording import printable

EMPTY = frozenset({"link", "meta"})


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str) -> Markup:
    """Return an element; content that is no Markup, and each attribute, is escaped.

    ``class_`` and ``aria_label`` stand for ``class`` and ``aria-label``; an attribute without a
    value is left out.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for key, value in attributes.items()
        if value
    )
    if name in EMPTY:
        return Markup(f"<{name}{words}>")
    return Markup(f"<{name}{words}>{joined(*content)}</{name}>")


def joined(*content: str) -> Markup:
    """Return the pieces one after the other, each escaped unless it is Markup."""
    return Markup("".join(c if isinstance(c, Markup) else escape(printable(c)) for c in content))

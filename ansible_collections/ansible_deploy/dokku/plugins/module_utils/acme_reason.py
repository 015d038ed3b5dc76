"""Finds in what an ACME client printed why it got no certificate, and says it in one line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 400

# lego 4 (acme/errors.go) says `[shop.example.org] acme: error: 400 :: urn:...:dns :: detail` of a
# name, `acme: error: 429 :: POST :: <url> :: urn:...:rateLimited :: detail, url: ` of an order.
ERROR = re.compile(
    r"error: \d{3} :: (?:[A-Z]+ :: \S+ :: )?urn:\S+:(?P<kind>\w+) :: (?P<detail>.+?)(?:, url:.*)?$"
)
NAME = re.compile(r"\[(?P<name>[a-z0-9*][^\]\s:]*)\]")
FAILED = re.compile(r"(?:^|\d\d:\d\d:\d\d )(?P<text>(?:Could not|Cannot|could not|cannot) .+)$")
# Boulder: "... too many certificates (5) already issued ... retry after 2026-11-22 10:00:00 UTC".
RETRY = re.compile(r"retry after (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
NOISE = ("----->", "=====>", "[INFO]", "nginx")


@dataclass(frozen=True)
class Reason:
    """Why there is no certificate; `is_limit` when the server wants fewer orders."""

    text: str = ""
    is_limit: bool = False
    retry_after: str = ""


def find_reason(output: str) -> Reason:
    """Returns the reason in this output: what the server said, else the client's last words."""
    lines = [line.strip().removeprefix("!").strip() for line in output.splitlines()]
    told, kinds = _errors(lines)
    text = "; ".join(told) or _failure(lines) or _last(lines) or "it said nothing"
    retry = RETRY.search(output)
    if "rateLimited" in kinds:
        text = f"the server's rate limit is reached: {text}"
    return Reason(
        text if len(text) <= LONGEST else f"{text[:LONGEST]} ...",
        "rateLimited" in kinds,
        f"{retry[1]}T{retry[2]}Z" if retry else "",
    )


def _errors(lines: list[str]) -> tuple[list[str], set[str]]:
    told: dict[str, None] = {}
    kinds = set()
    for line in lines:
        error = ERROR.search(line)
        if error is None:
            continue
        name = NAME.search(line[: error.start()])
        told[f"{name['name']}: {error['detail']}" if name else error["detail"]] = None
        kinds.add(error["kind"])
    return list(told), kinds


def _failure(lines: list[str]) -> str:
    for number, line in enumerate(lines):
        if failed := FAILED.search(line):
            text = failed["text"]
            more = lines[number + 1] if text.endswith(":") and number + 1 < len(lines) else ""
            return f"{text} {more}".strip()
    return ""


def _last(lines: list[str]) -> str:
    said = [line for line in lines if line and not any(noise in line for noise in NOISE)]
    return said[-1] if said else ""

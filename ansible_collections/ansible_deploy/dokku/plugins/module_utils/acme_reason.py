"""Finds in what an ACME client printed why it got no certificate, and says it in one line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 400

# lego 4 (acme/errors.go) says `[shop.example.org] acme: error: 400 :: urn:...:dns :: detail` of a
# name, `acme: error: 429 :: POST :: <url> :: urn:...:rateLimited :: detail, url: ` of an order.
SERVER = re.compile(
    r"error: \d{3} :: (?:[A-Z]+ :: \S+ :: )?urn:\S+:(?P<kind>\w+) :: (?P<text>.+?)(?:, url:.*)?$"
)
NAME = re.compile(r"\[(?P<name>[a-z0-9*][^\]\s]*)\]")
# Its summary of what it could not do itself for a name, such as to write a DNS record.
CLIENT = re.compile(r"^(?:\[[a-z0-9*][^\]\s]*\] )+(?:acme: )?(?P<text>(?!Obtain).+)")
# Its last words when it gives up, or docker's; what it only reports mostly carries [INFO].
FATAL = re.compile(r"^(?:\d{4}/\d\d/\d\d \d\d:\d\d:\d\d |(?=docker: ))(?P<text>[^\[].+)")
# Boulder: "... too many certificates (5) already issued ... retry after 2026-11-22 10:00:00 UTC".
RETRY = re.compile(r"retry after (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")
# dokku-letsencrypt's own last words, which send people to read the rest.
EMPTY_WORDS = ("Failed to setup letsencrypt", "Check log output")


@dataclass(frozen=True)
class Reason:
    """Why there is no certificate; `is_limit` when the server wants fewer orders."""

    text: str = ""
    is_limit: bool = False
    retry_after: str = ""


def find_reason(output: str) -> Reason:
    """Returns the reason in this output: what the server said, else the client, else Dokku."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    is_limit = any(match["kind"] == "rateLimited" for match in map(SERVER.search, lines) if match)
    told = _by_name(lines, SERVER) or _by_name(lines, CLIENT) or _fatal(lines) or _dokku(lines)
    text = "; ".join(dict.fromkeys(told)) or "it said nothing"
    if is_limit:
        text = f"the server's rate limit is reached: {text}"
    retry = RETRY.search(output)
    return Reason(
        text if len(text) <= LONGEST else f"{text[:LONGEST]} ...",
        is_limit,
        f"{retry[1]}T{retry[2]}Z" if retry else "",
    )


def _by_name(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    told = []
    for line in lines:
        if match := pattern.search(line):
            name = NAME.search(line[: match.start("text")])
            told.append(f"{name['name']}: {match['text']}" if name else match["text"])
    return told


def _fatal(lines: list[str]) -> list[str]:
    found = [(number, match) for number, line in enumerate(lines) if (match := FATAL.match(line))]
    if not found:
        return []
    number, match = found[-1]
    more = lines[number + 1 : number + 2] if match["text"].endswith(":") else []
    return [" ".join((match["text"], *more))]


def _dokku(lines: list[str]) -> list[str]:
    said = [line.removeprefix("!").strip() for line in lines if line.startswith("!")]
    return [text for text in said if text and not text.startswith(EMPTY_WORDS)]

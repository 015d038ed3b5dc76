"""Tells from restic's exit status and words what went wrong, in a word and a sentence.

restic 0.14 ends with 1 for almost everything; newer ones also with 10 to 12. So the words count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from .pipe_program import ADDRESS_USER, LONGEST_REASON, last_words
from .restic_words import plain_words

if TYPE_CHECKING:
    from .pipe_program import Broken

Kind = Literal[
    "unreachable",
    "wrong password",
    "missing",
    "locked",
    "damaged",
    "full",
    "refused",
    "incomplete",
    "time",
    "failed",
]

SENTENCES: dict[Kind, str] = {
    "unreachable": "the target of the backups cannot be reached",
    "wrong password": "the password does not open the repository",
    "missing": "there is no repository",
    "locked": "the repository is locked by another process",
    "damaged": "the repository is damaged",
    "full": "the target of the backups is full",
    "refused": "the target of the backups refuses this",
    "incomplete": "not everything could be read",
    "time": "it took too long",
    "failed": "restic failed",
}

STATUSES: dict[int, Kind] = {3: "incomplete", 10: "missing", 11: "locked", 12: "wrong password"}

# The first that is found counts, so what is more certain stands above.
WORDS: tuple[tuple[Kind, str], ...] = (
    # of a folder that cannot be read itself; an empty one that can is no error
    ("incomplete", r"unable to save snapshot: snapshot is empty"),
    ("wrong password", r"wrong password or no key found"),
    ("locked", r"already locked|unable to create lock .*locked"),
    ("full", r"no space left on device|disk quota exceeded|QuotaExceeded|Insufficient Storage"),
    (
        "refused",
        r"\(40[135]\)|\b40[135] (Forbidden|Unauthorized|Method Not Allowed)|AccessDenied"
        r"|Access Denied|InvalidAccessKeyId|SignatureDoesNotMatch|Permission denied \("
        r"|: permission denied|SSH_FX_PERMISSION_DENIED|host key verification failed",
    ),
    (
        "unreachable",
        r"connection refused|no such host|network is unreachable|no route to host|i/o timeout"
        r"|deadline exceeded|connection reset|connection timed out|connection closed"
        r"|broken pipe|TLS handshake|x509:|server misbehaving|Could not resolve|unable to start the"
        r"|\(50[0234]\)|\b50[0234] (Internal|Not Impl|Bad Gate|Service Un|Gateway)|SlowDown",
    ),
    (
        "missing",
        r"unable to open config file|Is there a repository at|specified bucket does not exist"
        r"|repository does not exist",
    ),
    (
        "damaged",
        r"ciphertext verification failed|hash (mismatch|does not match)|invalid data returned"
        r"|repository contains errors|wrong hash|unexpected (EOF|pack)|pack ID does not match"
        r"|not found in (index|repository|any)|invalid (index|header|file)|blob .*not found"
        r"|There were \d+ errors|unexpected end of JSON|errors were found|decrypting .* failed"
        r"|<(data|index|snapshot)/\w+> does not exist|Load\(<(data|index|snap).*(retrying|failed)",
    ),
)
PERMANENT = re.compile(
    r"Load.*retrying after .*(no such file|does not exist|NoSuchKey)|"
    r"retrying after .*(\(40[135]\)|\b40[135] |Access ?Denied|no space left|permission denied"
    r"|InvalidAccessKeyId|SignatureDoesNotMatch|Insufficient Storage)"
)
# restic waits longer before each further try: the ninth or so comes after half a minute.
WAIT = re.compile(r"retrying after (?:(\d+)m)?(\d+(?:\.\d+)?)s\b")
LONGEST_WAIT = 10.0
FATAL = re.compile(r"^Fatal: .*", re.MULTILINE)
TELLING = (r"^subprocess sh: (.+)", r"Fatal: (.+)", r"returned error, retrying after [^:]+: (.+)")


class ResticError(Exception):
    """Says what went wrong with a repository: a kind for programs, a sentence for people."""

    def __init__(self, kind: Kind, reason: str = "") -> None:
        """Keeps the kind, and a reason without secrets."""
        super().__init__(kind, reason)
        self.kind: Kind = kind
        self.reason = reason

    def __str__(self) -> str:
        """Returns one sentence for people."""
        sentence = SENTENCES[self.kind]
        return f"{sentence}: {self.reason}" if self.reason else sentence


def error_of(broken: Broken) -> ResticError:
    """Returns what the bad end of a restic is."""
    words = plain_words(broken.words)
    kind = _kind(broken.status, words)
    reason = last_words(FATAL.sub("", words)) if kind == "incomplete" else _reason(words)
    if broken.side == "time":
        return ResticError("time" if kind in ("failed", "damaged") else kind, reason)
    return ResticError(kind, reason or broken.message)


def is_hopeless(words: str) -> bool:
    """Tells whether restic only tries again what cannot succeed, or has tried for long enough."""
    if PERMANENT.search(words):
        return True
    waits = [60 * int(minutes or 0) + float(seconds) for minutes, seconds in WAIT.findall(words)]
    return max(waits, default=0.0) >= LONGEST_WAIT


def _kind(status: int, words: str) -> Kind:
    if status in STATUSES:
        return STATUSES[status]
    return next(
        (kind for kind, pattern in WORDS if re.search(pattern, words, re.IGNORECASE)), "failed"
    )


def _reason(words: str) -> str:
    """Returns what says most: ssh's words, restic's `Fatal:`, why it tries again, what is last."""
    found = (re.findall(pattern, words, re.MULTILINE) for pattern in TELLING)
    text = next((said[-1] for said in found if said), "") or last_words(words)
    return ADDRESS_USER.sub("***", text.strip().rstrip(":"))[-LONGEST_REASON:]

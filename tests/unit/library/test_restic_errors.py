"""What restic says, of several versions, and what we make of it."""

from __future__ import annotations

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.pipe_program import Broken
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.restic_errors import (
    SENTENCES,
    error_of,
    is_hopeless,
)

IN_VAIN = "Save(<data/4e0cd3bd83>) returned error, retrying after"

SAID = [
    (1, "Fatal: wrong password or no key found", "wrong password"),
    (12, "Fatal: wrong password or no key found", "wrong password"),
    (1, "Fatal: unable to open config file: stat /b/config: no such file or directory", "missing"),
    (1, "Fatal: unable to open config file: Stat: The specified key does not exist.", "missing"),
    (1, "Fatal: unable to open config file: <config/> does not exist", "missing"),
    (10, "Fatal: repository does not exist: unable to open config file", "missing"),
    (
        1,
        "unable to create lock in backend: repository is already locked by PID 7 on host by dokku\n"
        "the `unlock` command can be used to remove stale locks",
        "locked",
    ),
    (11, "Fatal: unable to create lock in backend", "locked"),
    (1, f"{IN_VAIN} 1s: write /b/data/4e/x-tmp-1: no space left on device", "full"),
    (
        1,
        "Fatal: unable to save snapshot: server response unexpected: 507 Insufficient Storage",
        "full",
    ),
    (1, "Fatal: unexpected HTTP response (403): 403 Forbidden", "refused"),
    (1, "Fatal: client.PutObject: Access Denied.", "refused"),
    (
        1,
        "subprocess sh: dokku@h: Permission denied (publickey).\n"
        "Fatal: unable to open repository: unable to start the sftp session, error: EOF",
        "refused",
    ),
    (1, 'Fatal: Get "https://h/b/config": dial tcp 192.0.2.1:443: i/o timeout', "unreachable"),
    # Numbers that look like a status stand in names of files.
    (1, 'Post "http://h/x/data/c72b7507f7b403": dial tcp: connection refused', "unreachable"),
    (1, 'Head "https://h/b/config": dial tcp: lookup h: no such host', "unreachable"),
    (1, "Fatal: unexpected HTTP response (502): 502 Bad Gateway", "unreachable"),
    (1, "Fatal: repository contains errors", "damaged"),
    (1, "Fatal: decrypting blob dd98 failed: ciphertext verification failed", "damaged"),
    (1, "ignoring error for /x: blob not found in index\nFatal: There were 2 errors", "damaged"),
    (1, "Load(<data/ab4f>, 213, 0) returned error, retrying after 1s: no such file", "damaged"),
    (
        1,
        '{"message_type":"exit_error","code":1,"message":"Fatal: wrong password or no key found"}',
        "wrong password",
    ),
    (1, "Load(<data/8e29>, 206, 0) failed: open /b/8e29: no such file or directory", "damaged"),
    (0, "Remove(<snapshot/88>) failed: unexpected HTTP response (403): 403 Forbidden", "refused"),
    (3, "Warning: at least one source file could not be read", "incomplete"),
    (1, "Fatal: something of a later version", "failed"),
    (-9, "", "failed"),
]


@pytest.mark.parametrize(("status", "words", "kind"), SAID)
def test_a_failure_has_a_kind_and_a_sentence(status: int, words: str, kind: str) -> None:
    error = error_of(Broken("sink", "it ended", status=status, words=words))
    assert error.kind == kind
    assert str(error).startswith(SENTENCES[error.kind])
    assert "\n" not in str(error)


def test_the_reason_is_what_says_most() -> None:
    words = f"{IN_VAIN} 2.5s: dial tcp: connection refused\nFatal: unable to save: gave up"
    assert error_of(Broken("sink", "", status=1, words=words)).reason == "unable to save: gave up"
    words = words.splitlines()[0]
    assert error_of(Broken("sink", "", words=words)).reason == "dial tcp: connection refused"


@pytest.mark.parametrize(
    "error", ['{"Op":"open","Path":"b","Err":13}', '{"message":"/a/b: open b: permission denied"}']
)
def test_a_file_that_cannot_be_read_is_named(error: str) -> None:
    words = (
        '{"message_type":"status","percent_done":0}\n'
        f'{{"message_type":"error","error":{error},"during":"archival","item":"/a/b"}}\n'
    )
    reason = error_of(Broken("sink", "", status=3, words=words)).reason
    assert reason.startswith("/a/b: ")
    assert reason.lower().endswith("permission denied")


def test_no_password_of_an_address_is_told() -> None:
    words = "Fatal: unable to open repository at rest:https://shop:s3cr%40t@h:8000/b: gone"
    assert "s3cr" not in str(error_of(Broken("sink", "", status=1, words=words)))


def test_what_took_too_long_tells_what_it_tried() -> None:
    assert error_of(Broken("time", "it took too long")).kind == "time"
    words = f"{IN_VAIN} 2.5s: dial tcp 192.0.2.1:443: connect: connection refused"
    error = error_of(Broken("time", "it took too long", words=words))
    assert error.kind == "unreachable"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", False),
        (f"{IN_VAIN} 552.330144ms: dial tcp: connection refused", False),
        (f"{IN_VAIN} 9.9s: dial tcp: connection refused", False),
        (f'{IN_VAIN} 1s: Post "http://h/c72b7507f7b403": connection refused', False),
        (f"{IN_VAIN} 10.3s: dial tcp: connection refused", True),
        (f"{IN_VAIN} 1m2.5s: dial tcp: connection refused", True),
        (f"{IN_VAIN} 552.3ms: unexpected HTTP response (403): 403 Forbidden", True),
        (f"{IN_VAIN} 552.3ms: server response unexpected: 405 Method Not Allowed", True),
        (f"{IN_VAIN} 552.3ms: Access Denied.", True),
        (f"{IN_VAIN} 552.3ms: write: no space left on device", True),
        (
            "Load(<data/ab>) returned error, retrying after 1s: The specified key does not exist",
            True,
        ),
        (f"{IN_VAIN} 552.3ms: open /b/data: no such file or directory", False),
        ("Fatal: unexpected HTTP response (403): 403 Forbidden", False),
    ],
)
def test_trying_again_is_given_up_when_it_is_in_vain(words: str, expected: bool) -> None:
    assert is_hopeless(f"some words before\n{words}\n") is expected

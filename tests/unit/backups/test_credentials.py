"""What targets ask for: few names, complete, and no value in a message."""

from __future__ import annotations

import pytest

from ansible_deploy.backups.credentials import problems

KEY = "AWS_ACCESS_KEY_ID=AKIA\n"
SECRET = "AWS_SECRET_ACCESS_KEY=hunter2\n"
USER = "RESTIC_REST_USERNAME=dokku\n"
PASSWORD = "RESTIC_REST_PASSWORD=hunter2=with:marks!\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("s3", KEY + SECRET),
        ("s3", f"# at the provider since May\n\n{KEY}{SECRET}AWS_DEFAULT_REGION=eu-central-1\n"),
        ("s3", f"{KEY}{SECRET}AWS_SESSION_TOKEN=x"),
        ("rest", USER + PASSWORD),
        ("sftp", "SFTP_IDENTITY_FILE=/home/dokku/.ssh/backup\n"),
        ("", KEY),
        ("", PASSWORD),
    ],
)
def test_they_are_taken(kind: str, text: str) -> None:
    assert problems(kind, text) == []


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("s3", KEY, ["AWS_SECRET_ACCESS_KEY is missing"]),
        ("s3", "AWS_DEFAULT_REGION=x", ["AWS_ACCESS_KEY_ID is missing", "AWS_SECRET_ACCESS_KEY"]),
        ("s3", KEY + SECRET + KEY, ["AWS_ACCESS_KEY_ID is given twice"]),
        ("s3", f"{KEY}{SECRET}RESTIC_REPOSITORY=/x", ["RESTIC_REPOSITORY is not a variable of"]),
        ("s3", f"{KEY}{SECRET}AWS_SESION_TOKEN=x", ["did you mean AWS_SESSION_TOKEN?"]),
        ("s3", f"{KEY}{SECRET}LD_PRELOAD=/x", ["LD_PRELOAD is not a variable of this target"]),
        ("s3", f"{KEY}{SECRET}hunter2", ["line 3 is not NAME=value"]),
        ("s3", f"{KEY}{SECRET}export AWS_SESSION_TOKEN=hunter2", ["line 3 is not NAME=value"]),
        ("s3", f'{KEY}AWS_SECRET_ACCESS_KEY="hunter2"', ["begins with a quote"]),
        ("s3", f"{KEY}AWS_SECRET_ACCESS_KEY= hunter2", ["has a blank beside its value"]),
        ("s3", f"{KEY}AWS_SECRET_ACCESS_KEY=hunter2\x07", ["cannot be seen"]),
        ("s3", f"{KEY}AWS_SECRET_ACCESS_KEY=", ["AWS_SECRET_ACCESS_KEY is empty"]),
        ("rest", KEY, ["AWS_ACCESS_KEY_ID is not", "RESTIC_REST_USERNAME is", "_PASSWORD is mis"]),
        ("rest", USER, ["RESTIC_REST_PASSWORD is missing"]),
        ("sftp", KEY, ["AWS_ACCESS_KEY_ID is not a variable of this target"]),
        ("sftp", "SFTP_IDENTITY_FILE=~/.ssh/backup", ["is not an absolute path"]),
        ("local", KEY, ["a path of this machine takes none"]),
        ("", "RESTIC_PASSWORD=hunter2", ["RESTIC_PASSWORD is not a variable of this target"]),
    ],
)
def test_others_are_not_and_no_value_is_told(kind: str, text: str, said: list[str]) -> None:
    found = problems(kind, text)
    assert len(found) == len(said)
    for what, words in zip(found, said, strict=True):
        assert words in what
    assert "hunter2" not in "".join(found)

"""The address of a target: which ones are taken, and what is said about the others."""

from __future__ import annotations

import pytest

from ansible_deploy.backups.address import complaint, join, kind, warning

GOOD = {
    "/srv/backups": "local",
    "/mnt/disk 1".replace(" ", "-"): "local",
    "sftp:backup@nas.example.org:/volume1/dokku": "sftp",
    "sftp:nas:dokku": "sftp",
    "sftp://backup@nas.example.org:2222//volume1/dokku": "sftp",
    "sftp://backup@[2001:db8::7]:2222//volume1": "sftp",
    "sftp://127.0.0.1:2222/relative": "sftp",
    "s3:https://s3.example.org/bucket": "s3",
    "s3:https://s3.eu-central-1.example.org:9000/bucket/dokku/": "s3",
    "s3:http://127.0.0.1:9000/bucket": "s3",
    "rest:https://backup.example.org/dokku": "rest",
    "rest:https://[2001:db8::7]:8000/": "rest",
    "rest:http://localhost:8000": "rest",
}
BAD = {
    "srv/backups": "a target is /path, sftp:user@host:/path, s3:https://host/bucket or ",
    "": "a target is /path",
    "s3": "a target is /path",
    "b2:bucket:path": "a target is /path",
    "S3:https://host/bucket": "a target is /path",
    "https://host/path": "a target is /path",
    "/": "the whole file system",
    "//": "the whole file system",
    "/srv//backups": '"//" in it',
    "/srv/../etc": '".." in it',
    "/srv/my backups": "a blank",
    "/srv/backups\n": "a blank",
    "/srv/b\u00fccher": "a blank or another character",
    "/" + "x" * 500: "more than 500 characters",
    "sftp:nas": "that is no address; write sftp:user@host:/path",
    "sftp:-oProxyCommand=id:/x": "that is no address",
    "sftp:-lroot@nas:/x": "that is no address",
    "sftp://nas": "that is no address",
    "sftp:nas:../etc": '".." in it',
    "sftp:root:hunter2@nas:/x": "holds a password; sftp takes none, but the SSH key",
    "sftp://root:hunter2@nas//x": "holds a password; sftp takes none",
    "s3:https://host": "the address has no bucket; write it as s3:https://host/bucket",
    "s3:https://host/": "has no bucket",
    "s3:host/bucket": "is none; write it as s3:https://host/bucket",
    "s3:ftp://host/bucket": "is none",
    "s3:https://key:secret@host/bucket": "a user or a password; give them by backup-credentials",
    "rest:https://me@host/": "a user or a password; give them by backup-credentials",
    "rest:https://:hunter2@host/": "a user or a password",
    "rest:https://host:port/": "is none; write it as rest:https://host/path",
    "rest:https://host:99999/": "is none",
    "rest:https://host:0/": "is none",
    "rest:https:///path": "is none",
    "rest:https://[::1/": "is none",
    "rest:https://host/?a=b": "is none",
    "rest:https://host/path#x": "is none",
    "rest:https://-host/": "is none",
    "rest:/path": "is none",
}


@pytest.mark.parametrize(("url", "found"), GOOD.items())
def test_an_address_is_taken(url: str, found: str) -> None:
    assert complaint(url) == ""
    assert kind(url) == found


@pytest.mark.parametrize(("url", "said"), BAD.items())
def test_another_one_is_not(url: str, said: str) -> None:
    assert said in complaint(url)


@pytest.mark.parametrize("url", [*GOOD, *BAD])
def test_no_password_is_repeated(url: str) -> None:
    assert not any(word in complaint(url) for word in ("hunter2", "key:", "secret@", "me@"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/srv/backups", "a target on this machine does not survive it; add one elsewhere"),
        ("rest:http://backup.example.org/", "can be read on the way; write https"),
        ("s3:http://192.0.2.7:9000/bucket", "can be read on the way; write https"),
        ("rest:http://127.0.0.1:8000/", ""),
        ("rest:http://[::1]:8000/", ""),
        ("rest:https://backup.example.org/", ""),
        ("sftp:nas:/x", ""),
    ],
)
def test_what_an_operator_should_know(url: str, said: str) -> None:
    assert complaint(url) == ""
    assert warning(url).endswith(said)
    assert bool(warning(url)) == bool(said)


@pytest.mark.parametrize("url", ["/srv/backups", "rest:https://host", "sftp:nas:dokku"])
def test_a_repository_lies_below_its_target(url: str) -> None:
    assert join(url, "shop") == join(f"{url}/", "shop") == f"{url}/shop"

"""The forms of what can be said about a service: its key, its variable, its version, its image."""

from __future__ import annotations

import re

from .fragments import Wrong
from .words import did_you_mean, quote

KEY = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
ALIAS = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
VERSION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
IMAGE = re.compile(
    r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]{1,5}/[a-z0-9])?([a-z0-9._/-]*[a-z0-9])?"
)


def check_key(key: str) -> None:
    """Raise Wrong unless the text can name a service within its app."""
    if not KEY.fullmatch(key) and not key.startswith("x-"):
        what = f"{quote(key)} is not a name for a service"
        raise Wrong(what, 'use small letters, digits and -, at most 30, such as "db"')


def check_alias(alias: str) -> None:
    """Raise Wrong unless the text can stand before ``_URL``."""
    if alias.endswith("_URL"):
        raise Wrong(
            f"{quote(alias)} would make {alias}_URL", f"write {quote(alias.removesuffix('_URL'))}"
        )
    if alias.startswith("DOKKU_"):
        raise Wrong(f"{quote(alias)} belongs to Dokku", "write another name")
    if not ALIAS.fullmatch(alias):
        remedy = (
            did_you_mean(alias, [alias.upper().replace("-", "_")])
            if ALIAS.fullmatch(alias.upper())
            else ""
        )
        raise Wrong(
            f"{quote(alias)} is not a name for a variable",
            remedy or "use capital letters, digits and _",
        )


def check_version(version: str) -> None:
    """Raise Wrong unless the text can be a tag of an image."""
    if not VERSION.fullmatch(version):
        raise Wrong(f"{quote(version)} is not a version", 'write a tag of the image, such as "17"')


def check_image(image: str) -> None:
    """Raise Wrong unless the text is the name of an image without its tag."""
    name, _, tag = image.rpartition(":")
    if name and "/" not in tag and IMAGE.fullmatch(name):
        raise Wrong(f"{quote(image)} has a tag", f"write image: {name} and version: {quote(tag)}")
    if not IMAGE.fullmatch(image) or "//" in image or len(image) > 200:
        raise Wrong(
            f"{quote(image)} is not the name of an image", 'write for example "postgis/postgis"'
        )


FORMATS = {
    "deploy-service-key": check_key,
    "deploy-service-alias": check_alias,
    "deploy-service-version": check_version,
    "deploy-service-image": check_image,
}

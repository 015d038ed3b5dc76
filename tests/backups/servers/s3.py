"""An S3-compatible server: moto, which keeps objects in its memory."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3

from tests.backups.servers.place import Place
from tests.dns.servers.process import accepts, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUCKET = "backups"
KEY, SECRET = "key-of-tests", "secret-of-tests"


@dataclass(frozen=True)
class BucketStore:
    """Objects in a bucket."""

    client: Any

    def names(self, prefix: str) -> list[str]:
        """Returns the keys of the objects below a prefix."""
        found = self.client.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/")
        return sorted(entry["Key"] for entry in found.get("Contents", ()))

    def read(self, name: str) -> bytes:
        """Returns an object."""
        content: bytes = self.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        return content

    def write(self, name: str, data: bytes) -> None:
        """Replaces an object."""
        self.client.put_object(Bucket=BUCKET, Key=name, Body=data)


@contextlib.contextmanager
def s3(folder: Path) -> Iterator[Place]:
    """Runs the server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(words, folder, lambda: accepts(port)):
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        yield Place(
            "s3",
            f"s3:{url}/{BUCKET}",
            BucketStore(client),
            {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET},
            unreachable=f"s3:http://127.0.0.1:{free_port()}/{BUCKET}",
        )

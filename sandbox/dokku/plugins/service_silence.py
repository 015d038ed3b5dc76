"""What the datastore plugins do in silence: it is heard only when it fails."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.dokku.failure import Fail


@contextmanager
def silenced() -> Iterator[None]:
    """Hold back what is written; when the work fails, it goes to standard output."""
    with tempfile.TemporaryFile() as file:
        kept = os.dup(1), os.dup(2)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        failure: Fail | None = None
        try:
            yield
        except Fail as error:
            failure = error
        finally:
            for saved, descriptor in zip(kept, (1, 2), strict=True):
                os.dup2(saved, descriptor)
                os.close(saved)
        if failure:
            file.seek(0)
            with open(1, "wb", closefd=False) as output:
                shutil.copyfileobj(file, output)
            raise Fail("", failure.code)

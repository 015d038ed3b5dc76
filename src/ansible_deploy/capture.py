"""The first step of a push: take ``deploy.d`` out of what was pushed, and judge it.

Dokku ignores how ``post-extract`` ends (plugins/git/functions of 0.38.27, lines 40 and 144), so the
verdict is stored here and ``pre-build`` acts on it.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

from . import files
from .bundle import FOLDER, Bundle, capture, capture_archive
from .context import Context
from .errors import DeployError, HostError
from .fingerprint import is_accepted_wish, wish_digest

SCRATCH_SECONDS = 3600
SCRATCH = ".capture."
"""How the folders begin that a killed capture may leave behind."""


@dataclass(frozen=True)
class Verdict:
    """What was captured for which build; ``wish`` is its fingerprint."""

    build: str
    revision: str
    wish: str


def capture_push(context: Context, tree: Path, revision: str) -> None:
    """Capture and judge the pushed folder; print every problem.

    ``launch`` has marked the push as refused; only a good verdict takes that back.
    """
    folder = context.folder
    killed = folder.path.glob(f"{SCRATCH}*")
    for stale in (folder.incoming, folder.verdict, folder.settled, *killed):
        files.remove(stale)
    try:
        with scratch(folder.path) as place:
            bundle = _find(context, tree, place)
            if bundle is None:
                context.report.heading(f"No {FOLDER} in this repository: nothing to provision")
                files.remove(folder.refused)
                if folder.accepted.is_dir():  # it holds until this build is live, as in `launch`
                    files.write(folder.leaving, f"{context.build} {revision}\n")
                return
            verdict = _judge(context, bundle, tree, revision)
            files.replace_folder(bundle.folder, folder.incoming)
        files.write_json(folder.verdict, asdict(verdict))
        files.remove(folder.refused)
    except DeployError as error:
        context.report.problems(error)
        files.write(folder.refused, str(error) + "\n")
    except BaseException:
        files.write(folder.refused, "deploy.d could not be read\n")
        raise


def read_verdict(context: Context) -> Verdict | None:
    """What was captured in the build that is under way; None in a deploy without a build."""
    value = files.read_json(context.folder.verdict)
    verdict = None if value is None else Verdict(**value)
    return verdict if verdict and verdict.build == context.build else None


def _judge(context: Context, bundle: Bundle, tree: Path, revision: str) -> Verdict:
    """Refuse what cannot be deployed; a wish that was provisioned before passes at once."""
    wish = wish_digest(context, bundle.digest)
    if not is_accepted_wish(context, wish):
        from .judge import load_judged

        context.report.heading(f"Reading {FOLDER}")
        context.report.detail(load_judged(context, bundle.folder, tree).summary)
    return Verdict(context.build, revision, wish)


def _find(context: Context, tree: Path, place: Path) -> Bundle | None:
    if os.path.lexists(tree / FOLDER):
        return capture(tree, place)
    image = _source_image(context)
    return capture_image(image, place) if image else None


def _source_image(context: Context) -> str:
    """The image that the app is made from; such a deploy has no source tree."""
    path = context.layout.lib_root / "config" / "git" / context.app / "source-image"
    return path.read_text("utf-8").strip() if path.is_file() else ""


def capture_image(image: str, place: Path) -> Bundle | None:
    """Copy ``deploy.d`` from the working directory of an image; None where it has none."""
    docker = os.environ.get("DOCKER_BIN", "docker")
    directory = _docker(docker, "image", "inspect", "--format", "{{.Config.WorkingDir}}", image)
    container = _docker(docker, "container", "create", image, "true")
    words = [docker, "container", "cp", f"{container}:{directory or '/'}/{FOLDER}", "-"]
    try:
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout
            try:
                return capture_archive(process.stdout, place)
            except DeployError:
                if process.poll() is None:
                    process.kill()
                if _is_missing(process):
                    return None
                raise
    finally:
        _docker(docker, "container", "rm", container)


def _is_missing(process: subprocess.Popen[bytes]) -> bool:
    """Whether docker said that the image has no such folder."""
    assert process.stderr
    said = process.stderr.read().decode(errors="replace").lower()
    return "could not find" in said or "no such" in said


def _docker(docker: str, *words: str) -> str:
    run = subprocess.run(
        [docker, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    if run.returncode:
        raise HostError(f"`docker {' '.join(words)}` failed: {run.stderr.strip()}")
    return run.stdout.strip()


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder of our own that is gone afterwards; what killed runs left long ago goes too."""
    for left in parent.glob(f"{SCRATCH}*"):
        if left.stat().st_mtime < time() - SCRATCH_SECONDS:
            files.remove(left)
    place = Path(tempfile.mkdtemp(dir=files.make_folder(parent), prefix=SCRATCH))
    try:
        yield place
    finally:
        files.remove(place)

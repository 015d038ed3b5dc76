"""Copy ``deploy.d`` out of an untrusted tree or archive: plain files, and nothing else.

Nothing here looks into the files. What is refused: links of both kinds, devices and pipes, names
that a shell, a terminal or Ansible could trip over, and more than a folder of settings ever needs.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .errors import Problem, Refused

if TYPE_CHECKING:
    import tarfile

FOLDER = "deploy.d"
FILE_LIMIT = 500
SIZE_LIMIT = 5 * 1024 * 1024
DEPTH_LIMIT = 10
NAME_LIMIT = 100

SYMBOLIC_LINK = "is a symbolic link"
HARD_LINK = "is a hard link"
DEVICE = "is a device, pipe or socket"
PLAIN = "replace it by a plain file"


@dataclass(frozen=True)
class Bundle:
    """A captured folder and the digest of all that it holds."""

    folder: Path
    digest: str


@dataclass
class _Capture:
    """A capture under way: what was seen, what was wrong, what was copied."""

    destination: Path
    problems: list[Problem] = field(default_factory=list)
    entries: dict[str, str] = field(default_factory=dict)
    count: int = 0
    size: int = 0

    def refuse(self, name: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(printable(name), what, remedy))

    def accepts_name(self, name: str) -> bool:
        """Count one more entry and say whether it may be copied."""
        self.count += 1
        if self.count > FILE_LIMIT:
            if self.count == FILE_LIMIT + 1:
                self.refuse(
                    FOLDER, f"more than {FILE_LIMIT} files", "keep only what a deploy needs"
                )
            return False
        problem = name_problem(name)
        if problem:
            self.refuse(name, problem, "rename it")
        return not problem

    def add_folder(self, name: str) -> None:
        (self.destination / name).mkdir(mode=0o700, exist_ok=True)
        self.entries[name] = "folder"

    def add_file(self, name: str, source: IO[bytes], executable: bool) -> None:
        """Copy one file, at most to the limit that is left."""
        digest = hashlib.sha256()
        target = self.destination / name
        mode = 0o700 if executable else 0o600
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(handle, "wb") as copy:
            while chunk := source.read(65536):
                self.size += len(chunk)
                if self.size > SIZE_LIMIT:
                    self.refuse_size()
                    return
                digest.update(chunk)
                copy.write(chunk)
        self.entries[name] = f"{mode:o} {digest.hexdigest()}"

    def refuse_size(self) -> None:
        if not any(problem.where == FOLDER for problem in self.problems):
            limit = SIZE_LIMIT // (1024 * 1024)
            self.refuse(FOLDER, f"larger than {limit} MiB", "keep only what a deploy needs")

    def finish(self) -> Bundle:
        """Return the bundle, or raise Refused with all that was found."""
        if self.problems:
            raise Refused(sorted(self.problems, key=lambda problem: problem.where))
        text = "\n".join(f"{name}\0{what}" for name, what in sorted(self.entries.items()))
        return Bundle(self.destination / FOLDER, hashlib.sha256(text.encode()).hexdigest())


def capture(tree: Path, destination: Path) -> Bundle:
    """Copy ``tree/deploy.d`` to ``destination/deploy.d``; raises Refused with every problem.

    ``destination`` must exist and be empty. No link is ever followed, not even one that is put in
    place while we copy: each step opens by descriptor below the last.
    """
    under_way = _Capture(destination)
    try:
        root = os.open(tree / FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        raise Refused([Problem(FOLDER, "is not a folder", "make it a plain folder")]) from None
    try:
        _copy_folder(under_way, root, FOLDER)
    finally:
        os.close(root)
    return under_way.finish()


def _copy_folder(under_way: _Capture, folder: int, name: str) -> None:
    under_way.add_folder(name)
    for entry in sorted(os.listdir(folder)):
        path = f"{name}/{entry}"
        if not under_way.accepts_name(path):
            continue
        if under_way.size > SIZE_LIMIT:
            return
        status = os.stat(entry, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            child = os.open(entry, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                _copy_folder(under_way, child, path)
            finally:
                os.close(child)
        elif problem := _file_problem(status):
            under_way.refuse(path, problem, PLAIN)
        else:
            handle = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            with os.fdopen(handle, "rb") as source:
                _copy_file(under_way, path, source)


def _copy_file(under_way: _Capture, path: str, source: IO[bytes]) -> None:
    """Copy what was opened, unless it is another thing than what was looked at before."""
    status = os.fstat(source.fileno())
    if problem := _file_problem(status):
        under_way.refuse(path, problem, PLAIN)
    else:
        under_way.add_file(path, source, bool(status.st_mode & stat.S_IXUSR))


def _file_problem(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return SYMBOLIC_LINK
    if not stat.S_ISREG(status.st_mode):
        return DEVICE
    return HARD_LINK if status.st_nlink > 1 else ""


def capture_archive(stream: IO[bytes], destination: Path) -> Bundle | None:
    """Copy ``deploy.d`` from a tar stream, by the same rules; None where the archive has none."""
    import tarfile  # costs a push of a plain tree several milliseconds otherwise

    under_way = _Capture(destination)
    try:
        with tarfile.open(fileobj=stream, mode="r|*") as archive:
            for member, name in _members(archive):
                _copy_member(under_way, archive, member, name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(
            [Problem(FOLDER, f"is not a tar archive that can be read ({error})")]
        ) from None
    return under_way.finish() if under_way.count else None


def _members(archive: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, str]]:
    for member in archive:
        name = member.name.removeprefix("./").rstrip("/")
        if name == FOLDER or name.startswith(f"{FOLDER}/"):
            yield member, name


def _copy_member(
    under_way: _Capture, archive: tarfile.TarFile, member: tarfile.TarInfo, name: str
) -> None:
    if not under_way.accepts_name(name) or under_way.size > SIZE_LIMIT:
        return
    for above in reversed(Path(name).parents[:-1]):  # an archive need not name its folders
        under_way.add_folder(str(above))
    if member.isdir():
        under_way.add_folder(name)
    elif name == FOLDER:
        under_way.refuse(name, "is not a folder", "make it a plain folder")
    elif (source := archive.extractfile(member) if member.isreg() else None) is None:
        links = {member.issym(): SYMBOLIC_LINK, member.islnk(): HARD_LINK}
        under_way.refuse(name, links.get(True, DEVICE), PLAIN)
    elif name in under_way.entries:
        under_way.refuse(name, "stands in the archive twice")
    else:
        under_way.add_file(name, source, bool(member.mode & stat.S_IXUSR))


def name_problem(name: str) -> str:
    """Say what is wrong with a path below the folder; empty when nothing is."""
    parts = name.split("/")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if any(part in ("", ".", "..") for part in parts):
        return "its name leads out of the folder"
    if not name.isprintable():
        return "its name has a control character"
    if any(part.startswith("-") for part in parts):
        return "its name begins with a dash"
    if any(len(part) > NAME_LIMIT for part in parts):
        return f"its name is longer than {NAME_LIMIT} characters"
    return f"more than {DEPTH_LIMIT} folders deep" if len(parts) > DEPTH_LIMIT else ""


def printable(name: str) -> str:
    """``name`` as it may be shown on a terminal: what is not printable is escaped."""
    if name.isprintable() and len(name) <= 2 * NAME_LIMIT:
        return name
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name[: 2 * NAME_LIMIT])
    return shown + ("…" if len(name) > 2 * NAME_LIMIT else "")

"""Turns into an app's process: a private view of the file system, then exec.

Run as a program with the folder of a container, inside a private mount namespace (`unshare`) where
the machine allows that. The image's files stand at its working directory and each storage mount at
its place in the container, without touching the machine's own tree: a tmpfs becomes the root, and
everything else is bound into it. Uses nothing of the package, for it is run by its path.
"""

import ctypes
import json
import os
import sys

MS_BIND, MS_REC, MS_PRIVATE, MS_REMOUNT, MS_RDONLY = 4096, 16384, 1 << 18, 32, 1


def main() -> None:
    """Read container.json, build the view, become the command."""
    folder = sys.argv[1]
    with open(os.path.join(folder, "container.json"), encoding="utf-8") as file:
        spec = json.load(file)
    if spec["isolated"]:
        enter(os.path.join(folder, "root"), spec)
        os.chdir(spec["workdir"])
    else:
        os.chdir(spec["image"])
    try:
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])
    except OSError as error:
        sys.exit(f"{spec['argv'][0]}: {error.strerror}")


def enter(root: str, spec: dict) -> None:  # type: ignore[type-arg]
    """Build the view below `root` and make it the root."""
    mount("none", "/", MS_REC | MS_PRIVATE)
    os.makedirs(root, exist_ok=True)
    mount("tmpfs", root, 0, "tmpfs")
    targets = {os.path.normpath(spec["workdir"]): (spec["image"], False)}
    for host, inside, readonly in spec["mounts"]:
        os.makedirs(host, exist_ok=True)
        targets[os.path.realpath(inside)] = (host, readonly)
    shadow("/", root, [path.strip("/").split("/") for path in outermost(list(targets))])
    for path in sorted(targets):
        source, readonly = targets[path]
        place(source, root + path, readonly)
    os.chroot(root)


def outermost(paths: list[str]) -> list[str]:
    """Return the paths that lie below none of the others."""
    return [
        p for p in paths if not any(p != q and p.startswith(q.rstrip("/") + "/") for q in paths)
    ]


def shadow(host: str, place_: str, below: list[list[str]]) -> None:
    """Repeat a directory of the machine, leaving room for the paths below it."""
    rooms: dict[str, list[list[str]]] = {}
    for first, *rest in below:
        rooms.setdefault(first, []).extend([rest] if rest else [])
    for entry in os.scandir(host) if os.path.isdir(host) else []:
        if entry.name not in rooms:
            repeat(entry, os.path.join(place_, entry.name))
    for name, deeper in rooms.items():
        os.makedirs(os.path.join(place_, name), exist_ok=True)
        if deeper:
            shadow(os.path.join(host, name), os.path.join(place_, name), deeper)


def repeat(entry: "os.DirEntry[str]", target: str) -> None:
    """Show one entry of the machine's tree in the view; what cannot be shown is left out."""
    try:
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), target)
        elif entry.is_dir():
            os.mkdir(target)
            mount(entry.path, target, MS_BIND | MS_REC)
        else:
            os.close(os.open(target, os.O_CREAT, 0o644))
            mount(entry.path, target, MS_BIND)
    except OSError:
        pass


def place(source: str, target: str, readonly: bool) -> None:
    """Bind a directory or file to its place."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT, 0o644))
    mount(source, target, MS_BIND | MS_REC)
    if readonly:
        mount("none", target, MS_BIND | MS_REMOUNT | MS_RDONLY)


def mount(source: str, target: str, flags: int, kind: str = "none") -> None:
    """Call mount(2)."""
    words = (source.encode(), target.encode(), kind.encode())
    if ctypes.CDLL(None, use_errno=True).mount(*words, flags, None):
        raise OSError(ctypes.get_errno(), f"mount {target}")


if __name__ == "__main__":
    main()

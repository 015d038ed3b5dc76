"""Calls the plugin's hooks as Dokku does in a push, one after another, and nothing else of it.

Arguments and environment are those that a real Dokku gave (`tests/recordings`), with this host's
paths and the app's name in them. Dokku's own work, above all the build, is left out; so a figure is
what the plugin costs, and a run takes seconds.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.measure import NOTHING, Cost, Starter
from tests.e2e.hosts import ROOT, Host, write_tree

RECORDING = ROOT / "tests/recordings/triggers-of-a-push.jsonl"
REVISION = "0" * 40
HOOKS = (
    ("post-extract", "{app}", "{tree}", REVISION),
    ("pre-build", "dockerfile", "{app}", "{tree}"),
    ("pre-release-builder", "dockerfile", "{app}", "dokku/{app}:latest"),
    ("post-deploy", "{app}", "", "", "latest"),
    ("builds-record-finalize", "{app}", "{build}", "0"),
)
COUNTER = """#!/bin/sh
echo "$*" >>{log}
PATH={path} exec dokku "$@"
"""


@dataclass
class Bench:
    """A host that is measured: where apps of the bench live, and how programs run there."""

    host: Host
    builds: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def starter(self) -> Starter:
        """Starts programs as an operator who is the user dokku."""
        if self.host.is_sandbox:
            return Starter(self.host.environment, None, self.host.work)
        names = ("PATH", "HOME", "USER", "SHELL")
        return Starter({n: _recorded()[n] for n in names}, "dokku", self.host.work)

    def tree(self, app: str, files: dict[str, str]) -> Path:
        """A tree as Dokku would extract it, with these files."""
        path = self.host.work / f"tree-{app}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return write_tree(path, files)

    @contextmanager
    def app(self, name: str) -> Iterator[str]:
        """An app that exists, was never deployed, and is gone afterwards with its volume."""
        self.host.made.append(name)
        self.host.dokku("apps:create", name)
        try:
            yield name
        finally:
            self.host.clear_one(name)
            volume = self.host.lib_root / "data/storage" / f"{name}_data"
            shutil.rmtree(volume, ignore_errors=True)

    def dokku(self, *words: str) -> Cost:
        """What one command costs when it is typed."""
        return self.starter.run("dokku", *words)[0]

    def by_hand(self, commands: list[list[str]]) -> Cost:
        """What commands cost that are typed one after another."""
        return sum((self.dokku(*words) for words in commands), NOTHING)

    def push(self, app: str, tree: Path, says: str) -> Cost:
        """What all hooks of one push cost; their output must hold `says`."""
        return self._push(self._hook_starter(tree), app, tree, says)

    def calls(self, app: str, tree: Path, says: str) -> list[list[str]]:
        """The `dokku` calls of such a push; it is not measured, for counting takes time."""
        folder = self.host.work / "counter"
        folder.mkdir(exist_ok=True)
        log = folder / "calls"
        log.write_text("")
        log.chmod(0o666)
        starter = self._hook_starter(tree)
        path = starter.environment["PATH"]
        (folder / "dokku").write_text(COUNTER.format(log=log, path=path))
        (folder / "dokku").chmod(0o755)
        environment = {**starter.environment, "PATH": f"{folder}:{path}"}
        self._push(replace(starter, environment=environment), app, tree, says)
        return [line.split() for line in log.read_text().splitlines()]

    def _push(self, starter: Starter, app: str, tree: Path, says: str) -> Cost:
        hooks = self.host.lib_root / "plugins/enabled/ansible-deploy"
        values = {"app": app, "tree": str(tree), "build": f"bench{next(self.builds)}"}
        environment = {**starter.environment, "DOKKU_BUILD_ID": values["build"]}
        starter = replace(starter, environment=environment)
        total, output = NOTHING, ""
        for name, *words in HOOKS:
            cost, text = starter.run(str(hooks / name), *(word.format(**values) for word in words))
            total, output = total + cost, output + text
        if says not in output:
            raise SystemExit(f"bench: the hooks of {app} do not say {says!r}:\n{output}")
        return total

    def _hook_starter(self, tree: Path) -> Starter:
        environment = {name: self._here(value) for name, value in _recorded().items()}
        operator = self.starter.environment
        environment |= {name: operator[name] for name in ("PATH", "HOME")}
        return replace(self.starter, environment=environment, directory=tree)

    def _here(self, value: str) -> str:
        moved = value.replace("/var/lib/dokku", str(self.host.lib_root))
        return moved.replace("/home/dokku", str(self.host.dokku_root))


def _recorded() -> dict[str, str]:
    """The environment of a hook in a push to a real Dokku."""
    rows = (json.loads(line) for line in RECORDING.read_text().splitlines())
    found: dict[str, str] = next(row["env"] for row in rows if row["trigger"] == "post-extract")
    return found

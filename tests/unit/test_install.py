"""`install` makes the plugin's Python, once; the interpreter and its pip are stand-ins.

Only the tools that `install` names are on its path, so that the machine's own Python is not found.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "env", "cat", "chown", "dirname", "install", "mkdir", "readlink", "sha256sum")

INTERPRETER = """#!/bin/bash
echo "${{0##*/}} $*" >>{log}
case "$*" in
  *'import sys; sys.exit'*) exit {too_old} ;;
  *'import ensurepip, venv'*) exit {no_venv} ;;
  --version) echo 'Python {version}' ;;
  '-m venv '*)
    rm -rf "${{@: -1}}"
    mkdir -p "${{@: -1}}/bin" "${{@: -1}}/site"
    cp {here}/python3 "${{@: -1}}/bin/python"
    cp {here}/pip-stand-in "${{@: -1}}/bin/pip" ;;
  *sysconfig*) echo "${{0%/bin/*}}/site" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A path with few programs, and a directory for Dokku's data."""

    path: Path
    lib_root: Path

    @property
    def venv(self) -> Path:
        return self.lib_root / "data/ansible-deploy/venv"

    @property
    def log(self) -> list[str]:
        """What was asked of the interpreter and its pip."""
        path = self.path / "log"
        return path.read_text().splitlines() if path.exists() else []

    def add_python(
        self, *, version: str = "3.11.2", too_old: int = 0, no_venv: int = 0, no_network: int = 0
    ) -> None:
        """Put an interpreter on the path."""
        blanks = {"log": self.path / "log", "here": self.path, "version": version}
        blanks |= {"too_old": too_old, "no_venv": no_venv}
        pip = f'#!/bin/bash\necho "pip $*" >>{self.path}/log\nexit {no_network}\n'
        for name, text in (("python3", INTERPRETER.format(**blanks)), ("pip-stand-in", pip)):
            (self.path / name).write_text(text)
            (self.path / name).chmod(0o755)

    def install(self, *extras: str) -> tuple[int, str]:
        """Run `install` as Dokku does; the exit status and the output."""
        (self.path / "log").unlink(missing_ok=True)
        environment = {
            "PATH": str(self.path),
            "DOKKU_LIB_ROOT": str(self.lib_root),
            "DOKKU_SYSTEM_USER": pwd.getpwuid(os.getuid()).pw_name,
            "DOKKU_SYSTEM_GROUP": grp.getgrgid(os.getgid()).gr_name,
        }
        run = subprocess.run(
            [ROOT / "install", *extras],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without Python."""
    path = tmp_path / "bin"
    path.mkdir()
    for name in (*TOOLS, "cp", "rm"):
        found = shutil.which(name)
        assert found, name
        (path / name).symlink_to(found)
    return Machine(path, tmp_path / "lib")


def test_a_python_is_made_from_the_lock(machine: Machine) -> None:
    machine.add_python()
    status, said = machine.install()
    assert (status, said) == (0, "-----> Making the Python environment of ansible-deploy\n")
    pip = next(line for line in machine.log if line.startswith("pip "))
    assert "--require-hashes" in pip
    assert pip.endswith(f" --requirement={ROOT}/requirements.txt")
    assert not (machine.venv.parent / "extras").exists()
    paths = (machine.venv / "site/ansible-deploy.pth").read_text()
    assert paths == f"{ROOT}/src\n{ROOT}\n"
    assert stat.S_IMODE(machine.venv.parent.stat().st_mode) == 0o700


def test_a_second_run_does_nothing(machine: Machine) -> None:
    machine.add_python()
    machine.install()
    before = {path: path.stat().st_mtime_ns for path in machine.lib_root.rglob("*")}
    assert machine.install() == (0, "")
    assert {path: path.stat().st_mtime_ns for path in machine.lib_root.rglob("*")} == before
    assert not any("venv" in line or line.startswith("pip ") for line in machine.log)


def test_another_python_makes_it_anew(machine: Machine) -> None:
    machine.add_python()
    machine.install()
    machine.add_python(version="3.13.5")
    assert machine.install()[1].startswith("-----> Making the Python environment")


def test_a_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    said = " !     ansible-deploy: needs Python 3.11 or newer; "
    said += "on Debian or Ubuntu: apt-get install python3 python3-venv\n"
    assert machine.install() == (1, said)
    machine.add_python(version="3.9.2", too_old=1)
    assert machine.install() == (1, said)
    assert not machine.lib_root.exists()


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.add_python()
    (machine.path / "python3").rename(machine.path / "python3.12")
    (machine.path / "python3").write_text("#!/bin/bash\nexit 1\n")
    (machine.path / "python3").chmod(0o755)
    machine.install()
    assert any(line.startswith("python3.12 -m venv") for line in machine.log)


def test_a_python_without_venv_is_told_apart(machine: Machine) -> None:
    machine.add_python(no_venv=1)
    said = " !     ansible-deploy: needs Python's venv module; "
    said += "on Debian or Ubuntu: apt-get install python3-venv\n"
    assert machine.install() == (1, said)
    assert not machine.lib_root.exists()


def test_a_failed_download_is_no_installation_and_is_tried_again(machine: Machine) -> None:
    machine.add_python(no_network=1)
    status, said = machine.install()
    assert status == 1
    assert "check the network, then run: dokku plugin:update ansible-deploy" in said
    assert not (machine.venv / "stamp").exists()
    machine.add_python()
    assert machine.install()[0] == 0
    assert (machine.venv / "stamp").exists()


def test_extras_are_remembered(machine: Machine) -> None:
    """A Python made anew, for another version or after a failure, has them again."""
    machine.add_python()
    machine.install()
    for extra in ("dns-route53", "dns-ovh", "dns-route53"):
        status, _ = machine.install(extra)
        assert status == 0
    assert machine.install() == (0, "")
    machine.add_python(version="3.13.5")
    machine.install()
    pip = next(line for line in machine.log if line.startswith("pip "))
    locks = ("requirements.txt", "requirements-route53.txt", "requirements-ovh.txt")
    assert pip.endswith(" ".join(f"--requirement={ROOT}/{lock}" for lock in locks))


def test_an_extra_that_could_not_be_installed_is_not_remembered(machine: Machine) -> None:
    machine.add_python()
    machine.install()
    machine.add_python(no_network=1)
    assert machine.install("dns-ovh")[0] == 1
    machine.add_python()
    assert machine.install()[0] == 0
    pip = next(line for line in machine.log if line.startswith("pip "))
    assert pip.endswith(f" --requirement={ROOT}/requirements.txt")


@pytest.mark.parametrize("extra", ["dns-dev", "route53", "dns-../x", "", "dns-ovh dns-route53"])
def test_an_unknown_extra_is_refused(machine: Machine, extra: str) -> None:
    machine.add_python()
    machine.install()
    before = (machine.venv / "stamp").read_text()
    status, said = machine.install(extra)
    assert status == 1
    assert said.endswith("possible are dns-ovh and dns-route53\n")
    assert (machine.venv / "stamp").read_text() == before


def test_what_is_remembered_is_not_trusted(machine: Machine) -> None:
    """The file lies in a directory of the user dokku; `install` runs as root."""
    machine.add_python()
    machine.install("dns-ovh")
    (machine.venv.parent / "extras").write_text("dns-../x\n--index-url=x\n*\ndns-ovh\n")
    assert machine.install() == (0, "")


def test_every_extra_has_a_lock_and_a_provider() -> None:
    locks = {provider.requirements for provider in PROVIDERS.values()} - {""}
    assert locks == {"requirements-ovh.txt", "requirements-route53.txt"}
    for lock in locks:
        assert "--hash=sha256:" in (ROOT / lock).read_text()


@pytest.mark.parametrize("name", ["update", "dependencies"])
def test_update_and_dependencies_are_install(name: str) -> None:
    assert (ROOT / name).resolve() == ROOT / "install"

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
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.dns_providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]
TOOLS = (
    "bash",
    "env",
    "cat",
    "chmod",
    "chown",
    "dirname",
    "install",
    "mkdir",
    "readlink",
    "sha256sum",
)

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
    assert "--no-deps --require-hashes" in pip, "a newer release elsewhere would break the lock"
    assert pip.endswith(f" --requirement={ROOT}/requirements.txt")
    assert not (machine.venv.parent / "extras").exists()
    paths = (machine.venv / "site/ansible-deploy.pth").read_text()
    assert paths == f"{ROOT}/src\n{ROOT}\n"
    assert stat.S_IMODE(machine.venv.parent.stat().st_mode) == 0o711, (
        "only monitoring/ is for others"
    )


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


def add_tools(machine: Machine, *names: str) -> None:
    for name in names:
        found = shutil.which(name)
        assert found, name
        (machine.path / name).symlink_to(found)


def add_restic(machine: Machine) -> None:
    """Put the real restic on the path, as a file of the machine's own."""
    found = shutil.which("restic")
    assert found
    shutil.copy2(found, machine.path / "restic")
    add_tools(machine, "mv", "setcap")


def copy_of_restic(machine: Machine) -> Path:
    return machine.lib_root / "data/ansible-deploy/bin/restic"


def may_give_capabilities() -> bool:
    """Whether we are root, and not in a container that was denied CAP_DAC_READ_SEARCH (2)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    bounds = next(line.split()[1] for line in lines if line.startswith("CapBnd:"))
    return os.geteuid() == 0 and bool(int(bounds, 16) & 1 << 2)


as_root = pytest.mark.skipif(not may_give_capabilities(), reason="cannot give files capabilities")
of_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to others")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="looks at what a user other than root gets")


@as_root
def test_the_backups_get_a_restic_that_may_read_every_file(machine: Machine) -> None:
    machine.add_python()
    add_restic(machine)
    assert machine.install()[0] == 0
    copy = copy_of_restic(machine)
    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IMODE(copy.parent.stat().st_mode) == 0o750
    assert os.getxattr(copy, "security.capability")
    assert copy.read_bytes() == (machine.path / "restic").read_bytes()
    assert list(copy.parent.iterdir()) == [copy]
    first = copy.stat().st_ino
    assert machine.install() == (0, "")
    assert copy.stat().st_ino == first


@as_root
def test_a_restic_that_came_or_was_updated_later_is_copied_then(machine: Machine) -> None:
    machine.add_python()
    machine.install()
    assert not copy_of_restic(machine).parent.exists()
    add_restic(machine)
    machine.install()
    for moment in (2_000_000_000, 1_000_000_000):
        os.utime(machine.path / "restic", (moment, moment))
        assert machine.install() == (0, "")
        assert copy_of_restic(machine).stat().st_mtime == moment


@as_root
def test_a_new_python_does_not_take_the_rights_of_the_copy(machine: Machine) -> None:
    """All that lies in the data directory is given to the user dokku again."""
    machine.add_python()
    add_restic(machine)
    machine.install()
    machine.add_python(version="3.13.5")
    machine.install()
    assert os.getxattr(copy_of_restic(machine), "security.capability")


@of_root
def test_a_new_python_leaves_alertmanager_what_it_reads(machine: Machine) -> None:
    """`script/host` gave the folder to Alertmanager's group; all else is the user dokku's again."""
    machine.add_python()
    machine.install()
    data = machine.venv.parent
    told, kept = data / "monitoring/alerts/alertmanager.yml", data / "apps/shop/record.json"
    for path in (told, kept):
        path.parent.mkdir(parents=True)
        path.touch(0o640)
        os.chown(path, 65534, 65534)
    told.parent.chmod(0o2750)
    os.chown(told.parent, 0, 65534)
    machine.add_python(version="3.13.5")
    assert machine.install()[0] == 0
    assert (told.stat().st_uid, told.stat().st_gid) == (65534, 65534)
    assert told.parent.stat().st_gid == 65534
    assert stat.S_IMODE(told.parent.stat().st_mode) == 0o2750
    assert (kept.stat().st_uid, kept.stat().st_gid) == (os.getuid(), os.getgid())


@as_root
def test_the_copy_is_not_written_through_a_link(machine: Machine, tmp_path: Path) -> None:
    machine.add_python()
    machine.install()
    (tmp_path / "elsewhere").mkdir()
    copy_of_restic(machine).parent.symlink_to(tmp_path / "elsewhere")
    add_restic(machine)
    assert machine.install() == (0, "")
    assert not list((tmp_path / "elsewhere").iterdir())
    assert not copy_of_restic(machine).parent.is_symlink()


@as_root
def test_without_capabilities_there_is_no_copy_and_no_failure(machine: Machine) -> None:
    machine.add_python()
    machine.install()
    add_restic(machine)
    (machine.path / "setcap").unlink()
    assert machine.install() == (0, "")
    (machine.path / "setcap").write_text("#!/bin/bash\nexit 1\n")
    (machine.path / "setcap").chmod(0o755)
    status, said = machine.install()
    assert status == 0
    assert "backups will fail at files that only root may read" in said
    assert not copy_of_restic(machine).parent.exists()


@as_root
def test_a_user_of_the_group_reads_a_file_of_root_with_it(machine: Machine) -> None:
    """As the user dokku does with a volume of a container that runs as root."""
    machine.add_python()
    add_restic(machine)
    machine.install()
    with tempfile.TemporaryDirectory() as place:
        folder, program = Path(place), Path(place, "bin/restic")
        shutil.copytree(copy_of_restic(machine).parent, folder / "bin")
        for path in (program, program.parent):
            os.chown(path, 0, 65534)  # takes the rights of a file away
        rights = os.getxattr(copy_of_restic(machine), "security.capability")
        os.setxattr(program, "security.capability", rights)
        (folder / "secret").write_text("of root")
        (folder / "secret").chmod(0o600)
        folder.chmod(0o777)
        assert "permission denied" in run_as_nobody(folder, "restic", "backup", "secret")
        said = run_as_nobody(folder, str(program), "backup", "secret")
        assert "processed 1 files, 7 B" in said


def run_as_nobody(folder: Path, program: str, *words: str) -> str:
    """Run restic as another user, in a folder that holds its repository."""
    environment = {"RESTIC_REPOSITORY": f"{folder}/repository", "RESTIC_PASSWORD": "s3cret"}
    user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    for command in (("restic", "init"), (program, "--no-cache", *words)):
        run = subprocess.run(
            [*user, *command],
            cwd=folder,
            env=environment | {"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
    return run.stdout + run.stderr


@as_user
def test_a_user_other_than_root_makes_no_copy(machine: Machine) -> None:
    machine.add_python()
    add_restic(machine)
    assert machine.install()[0] == 0
    assert not copy_of_restic(machine).parent.exists()


def test_uninstall_keeps_the_records(machine: Machine) -> None:
    data = machine.venv.parent
    for name in ("venv", "bin", "cache", "apps/shop", "settings/--global", "kept"):
        (data / name).mkdir(parents=True)
    environment = {"PATH": str(machine.path), "DOKKU_LIB_ROOT": str(machine.lib_root)}
    subprocess.run([ROOT / "uninstall", "another"], env=environment, check=True)
    assert len(list(data.iterdir())) == 6
    subprocess.run([ROOT / "uninstall", "ansible-deploy"], env=environment, check=True)
    assert {path.name for path in data.iterdir()} == {"apps", "settings", "kept"}


@pytest.mark.parametrize("name", ["update", "dependencies"])
def test_update_and_dependencies_are_install(name: str) -> None:
    assert (ROOT / name).resolve() == ROOT / "install"

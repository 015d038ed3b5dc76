"""The errors that a person may see, and the exit code of each.

Everything that can go wrong in a known way is one of these; only ``__main__`` catches them. An
exception of any other class is a bug of ours: its traceback goes to a file, never to the user.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and what to do about it."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}; {self.remedy}" if self.remedy else text


class DeployError(Exception):
    """Something that the user or the operator can mend; carries one or more problems."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = [Problem("", problems)]
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ManifestError(DeployError):
    """What the app's folder asks for is not well formed."""


class VaultError(DeployError):
    """An encrypted value cannot be read with the password that is stored."""


class Refused(DeployError):
    """What is asked for is well formed, but needs a grant, consent or another name."""


class HostError(DeployError):
    """Dokku, Ansible or the host itself failed."""


class Busy(DeployError):
    """Another run of the same app is under way."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: the same command may succeed later


def known(error: DeployError | DokkuError | InvalidValue) -> DeployError:
    """The error as one of this tree; what the Dokku library raises is the host's business."""
    return error if isinstance(error, DeployError) else HostError(str(error))

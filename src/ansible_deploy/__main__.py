"""Called by ``launch`` with the kind and the name of what Dokku called; the only place that turns
errors into exit codes.
"""

from __future__ import annotations

import sys

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import DokkuError
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.words import InvalidValue

from .errors import DeployError, known

HARMLESS = ("post-deploy",)
"""Triggers whose failure must not reject a push: the new release is live by then."""

UNEXPECTED_EXIT = 70  # EX_SOFTWARE of sysexits.h


def main(arguments: list[str]) -> int:
    """Run a trigger or a subcommand and return the exit status for Dokku."""
    kind, name, *words = arguments
    try:
        if kind == "trigger":
            from .triggers import TRIGGERS

            return TRIGGERS[name](*words)
        from .cli import SUBCOMMANDS

        return SUBCOMMANDS[name](words[1:])
    except (DeployError, DokkuError, InvalidValue) as error:
        from .report import Report

        Report(sys.stderr).problems(known(error))
        return known(error).exit_code
    except BrokenPipeError:
        return 1
    except Exception:
        from .unexpected import keep

        keep(name)
        return 0 if kind == "trigger" and name in HARMLESS else UNEXPECTED_EXIT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

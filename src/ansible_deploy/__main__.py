"""Called by ``launch`` with the kind and the name of what Dokku called; the only place that turns
errors into exit codes.
"""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime

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
        status = _unexpected(name)
        return 0 if kind == "trigger" and name in HARMLESS else status


def _unexpected(name: str) -> int:
    """Keep the traceback in a file, and say in one line where."""
    from . import files
    from .layout import Layout
    from .report import Report

    text = traceback.format_exc()
    path = Layout.from_environment().data / "errors" / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    try:
        files.write(path, text)
        place = f"please report it with {path}"
    except OSError as error:
        place = f"its description could not be written to {path} ({error.strerror})"
    Report(sys.stderr).warning(f"ansible-deploy: an unexpected error in {name}; {place}")
    return UNEXPECTED_EXIT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

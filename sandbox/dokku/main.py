"""The program `dokku`: reads its words, exports the environment, runs the command, logs it."""

import os
import sys
from pathlib import Path

from sandbox.dokku import calls, dispatch, environment, plugn, say, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host


def main(root: str) -> None:
    """Be `dokku` of the sandbox below `root`; ends the process."""
    host = Host(Path(root))
    record = calls.begin(host, sys.argv[1:])
    try:
        status = run(host, sys.argv[1:])
    except KeyboardInterrupt:
        status = 130
    except Exception:  # a defect of the stand-in itself: say so, and log the call all the same
        import traceback

        say.write(2, traceback.format_exc())
        status = 1
    finish_capture()
    calls.end(host, record, status)
    sys.stdout.flush()
    os._exit(status)


def run(host: Host, argv: list[str]) -> int:
    """Run the words of a command line; returns the exit status."""
    try:
        environment.export(host)
        argv = words.read_global_flags(argv)
        over_ssh = os.environ.pop("SSH_ORIGINAL_COMMAND", "")
        if over_ssh:
            argv = words.read_global_flags(words.split_ssh_command(over_ssh))
        environment.sign_in()
        os.environ["DOKKU_COMMAND"] = argv[0] if argv else ""
        if plugn.trigger(host, "user-auth", os.environ["SSH_USER"], os.environ["SSH_NAME"], *argv):
            raise Fail("Access denied")
        return dispatch.run(host, argv)
    except Fail as failure:
        if failure.message:
            say.warn(failure.message)
        return failure.code


def finish_capture() -> None:
    """Wait until captured output has reached its log."""
    module = sys.modules.get("sandbox.dokku.capture")
    if module:
        module.finish()

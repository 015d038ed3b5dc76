"""Deploy an earlier revision of an app again, and with it the data that it worked with.

The revision comes from the app's own repository on this host, as every push left it there.
"""

from __future__ import annotations

import re

from ansible_collections.ansible_deploy.dokku.plugins.module_utils import pipes
from ansible_collections.ansible_deploy.dokku.plugins.module_utils.client import Dokku, DokkuError

from ..context import Context
from ..errors import DeployError, HostError
from ..running import live_revision
from . import turning
from .automatic import ROLLING_BACK
from .catalog import list_backups, of_revision
from .choice import Choice
from .failure import explained
from .job import open_job
from .make import BEFORE_RELEASE, back_up
from .record import working
from .restore import restore
from .server import server_word


def roll_back(context: Context, word: str, *, is_with_data: bool) -> None:
    """Deploy the revision that begins with ``word``; raises DeployError."""
    revision = _revision(context, word)
    turning.refuse_deploy(context)
    if revision == live_revision(context):
        raise DeployError(f"{context.app} runs revision {revision[:8]} already")
    if not is_with_data:
        _deploy(context, revision, {})
        return
    with working(context):
        turning.complete_interrupted(context)
    job = open_job(context)
    with explained(f"backups of {context.app}"):
        backups, server = list_backups(job.repository, job.origin), server_word(context.layout)
        backup = of_revision(backups, revision, context.app, server)
    back_up(context, BEFORE_RELEASE, revision=live_revision(context))
    restore(job.repository, backup, context, Choice(), revision=revision)
    try:
        _deploy(context, revision, {ROLLING_BACK: context.app})
    except (DeployError, DokkuError):
        turning.take_back(context)
        raise


def _revision(context: Context, word: str) -> str:
    """The full name of a commit in the app's repository."""
    if not re.fullmatch(r"[0-9a-f]{4,40}", word):
        raise DeployError("Please specify a revision, the first letters of a commit's name")
    folder = context.layout.dokku_root / context.app
    words = ("git", "-C", str(folder), "rev-parse", "--quiet", "--verify", f"{word}^{{commit}}")
    try:
        answer = pipes.run(pipes.Program(words), seconds=60)
    except pipes.Broken as error:
        raise HostError(f"git: {error}") from None
    if answer.exit:
        raise DeployError(f"{context.app} has no revision {word}")
    return answer.stdout.strip()


def _deploy(context: Context, revision: str, environment: dict[str, str]) -> None:
    """Let Dokku deploy it as it deploys a push, with all our own steps."""
    context.report.heading(f"Deploying revision {revision[:8]} of {context.app} again")
    live, dokku = live_revision(context), Dokku(environment=environment)
    folder = str(context.layout.dokku_root / context.app)
    words = ("git:sync", "--skip-deploy-branch", context.app, folder)
    if dokku.show(*words, revision, "--build"):
        if live:  # it has moved the app's branch before it built (0.38.27)
            dokku.run(*words, live, check=False)
        raise HostError(f"revision {revision[:8]} of {context.app} was not deployed, see above")

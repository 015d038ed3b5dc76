"""``ansible-deploy:report``, by Dokku's conventions: one flat object, all values text.

With an app its record; with ``--global`` the global settings; without either, every app that was
ever provisioned. One flag prints one value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.times import timestamp

from .cli import check_app, parse
from .context import Context, make_context
from .errors import DeployError
from .layout import GLOBAL, PLUGIN_NAME, Layout
from .record import list_runs, read_state
from .setting_table import SETTINGS
from .settings import find_setting, parts_of, read_scope, read_settings
from .tls import has_certificate

KEY_WIDTH = 34


def run_report(words: list[str]) -> int:
    """Print the report; raises DeployError for what Dokku's own reports refuse."""
    flag = next((word for word in words if word.startswith(f"--{PLUGIN_NAME}-")), "")
    given = parse([word for word in words if word != flag], ("--format",))
    if flag and given.is_json:
        raise DeployError("--format flag cannot be specified when specifying an info flag")
    layout = Layout.from_environment()
    if given.plain:
        return _print(layout, given.plain[0], flag, is_json=given.is_json)
    for folder in sorted(layout.data.glob("apps/*")):
        _print(layout, folder.name, flag, is_json=given.is_json)
    return 0


def collect(layout: Layout, app: str) -> dict[str, str]:
    """The report of one app, or of ``--global``."""
    settings = read_settings(layout, app)
    if app == GLOBAL:
        return {f"global-{key}": value for key, value in _rows(settings.values, GLOBAL).items()}
    values = _rows(read_scope(layout, app), app)
    in_force = {**{key: setting.default for key, setting in SETTINGS.items()}, **settings.values}
    values |= {f"computed-{key}": value for key, value in _rows(in_force, app).items()}
    folder = layout.app(app)
    state = read_state(folder, app)
    runs = list_runs(folder)
    last = runs[0] if runs else {}
    owned = {key: " ".join(words) for key, words in state.owned.items()}
    return {
        **values,
        "provisioned": "true" if state.wish else "false",
        "address": state.address,
        "last-run": str(last.get("began", "")),
        "last-run-outcome": str(last.get("outcome", "")),
        "last-run-stage": str(last.get("stage", "")),
        "refused": "true" if folder.refused.exists() else "false",
        "vault-password": "true" if folder.vault_password.exists() else "false",
        **{f"owned-{key}": words for key, words in owned.items()},
        **{f"pending-{key}": text for key, text in state.pending.items()},
        **_backups(make_context(app)),
        **_certificate(make_context(app)),
    }


def _backups(context: Context) -> dict[str, str]:
    """How the app's backups stand; times are in UTC."""
    from .backups.record import read_record
    from .backups.standing import missed, missed_proof
    from .backups.turn import read_turn

    record, turn = read_record(context.folder), read_turn(context)
    return {
        "backups-last": record.last,
        "backups-last-at": record.last_at,
        "backups-last-reason": record.last_reason,
        "backups-failed": record.failed,
        "backups-failed-at": record.failed_at,
        "backups-damaged": record.damaged,
        "backups-damaged-at": record.damaged_at,
        "backups-upkeep-failed": record.upkeep_failed,
        "backups-upkeep-failed-at": record.upkeep_failed_at,
        "backups-missed": missed(context.folder, record),
        "backups-missed-proof": missed_proof(context.folder, record),
        "backups-proven": record.proven,
        "backups-proven-at": record.proven_at,
        "backups-disproven": record.disproven,
        "backups-disproven-at": record.disproven_at,
        "backups-restored": turn.backup if turn else "",
    }


def _certificate(context: Context) -> dict[str, str]:
    """What the app is served with now; times are in UTC."""
    if not has_certificate(context):
        return {}
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils import letsencrypt

    served = letsencrypt.observed(context.dokku, context.app)
    found, renewal = served.certificate, served.renew_after
    if found is None:
        return {}
    return {
        "certificate-names": " ".join(found.names),
        "certificate-issuer": found.issuer,
        "certificate-expires-at": timestamp(found.not_after),
        "certificate-renewed-from": timestamp(renewal) if renewal else "",
    }


def shown(word: str, value: str) -> str:
    """A setting's value, of a secret one only that there is one."""
    return "***" if value and find_setting(word).is_secret else value


def _rows(values: Mapping[str, str], scope: str) -> dict[str, str]:
    """Every setting of the scope, and of those with a NAME each that is set.

    An app does not show what is the host's, nor the host what an app alone can have.
    """
    plain = {
        key: ""
        for key, setting in SETTINGS.items()
        if not (setting.is_named or (setting.is_own if scope == GLOBAL else setting.is_host))
    }
    given = {word: value for word, value in values.items() if word in plain or parts_of(word)[1]}
    return {word.replace(".", "-"): shown(word, value) for word, value in (plain | given).items()}


def _print(layout: Layout, app: str, flag: str, *, is_json: bool) -> int:
    if app != GLOBAL and not layout.app(app).path.is_dir():
        check_app(make_context(app))
    values = dict(sorted(collect(layout, app).items()))
    if flag:
        print(_value(values, flag))
    elif is_json:
        print(json.dumps(values, separators=(",", ":")))
    else:
        print(f"=====> {app} {PLUGIN_NAME} information")
        for key, value in values.items():
            print(f"       {key.replace('-', ' ').capitalize() + ':':<{KEY_WIDTH}} {value}")
    return 0


def _value(values: dict[str, str], flag: str) -> str:
    key = flag.removeprefix(f"--{PLUGIN_NAME}-")
    if key not in values:
        valid = ", ".join(f"--{PLUGIN_NAME}-{name}" for name in values)
        raise DeployError(f"Invalid flag passed, valid flags: {valid}")
    return values[key]

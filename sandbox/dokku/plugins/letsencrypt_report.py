"""`letsencrypt:report`: like the original it is no report of Dokku's common kind."""

import json
import os

from sandbox.dokku import say
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import letsencrypt_certificate as certificate
from sandbox.dokku.plugins import letsencrypt_settings as settings
from sandbox.dokku.words import Call

GLOBAL = settings.GLOBAL
KEYS = ("dns-provider", "email", "graceperiod", "lego-args", "lego-docker-options", "server")


def show(call: Call) -> None:
    """Answer `letsencrypt:report [APP|--global] [--FLAG] [--format json|stdout]`."""
    rest, words, form, everybody = list(call.words), [], "stdout", False
    while rest:
        word = rest.pop(0)
        if word == "--format":
            form = rest.pop(0) if rest else ""
        elif word == GLOBAL:
            everybody = True
        else:
            words.append(word)
    app, flag = ([*words, "", ""])[:2]
    if app.startswith("--"):
        app, flag = "", app
    for name in [GLOBAL] if everybody else [app] if app else call.host.apps():
        show_one(call.host, name, flag=flag, form=form)


def show_one(host: Host, app: str, *, flag: str, form: str) -> None:
    """Print the report of one app."""
    if app != GLOBAL:
        settings.verify(host, app)
    values = {**read(host, app), **read_variables(host, app)}
    if app == GLOBAL:
        values = {key: value for key, value in values.items() if key.startswith("global-")}
    if form != "stdout" and flag:
        raise Fail("--format flag cannot be specified when specifying an info flag")
    if form == "json":
        say.out(json.dumps(values, separators=(",", ":"), ensure_ascii=False))
    elif flag:
        show_value(values, flag)
    else:
        say.info2_quiet(f"{'global' if app == GLOBAL else app} letsencrypt information")
        for key, value in values.items():
            label = f"Letsencrypt {key.replace('-', ' ')}:"
            say.verbose(f"{label:<30} {value:<25}")


def show_value(values: dict[str, str], flag: str) -> None:
    """Print one value; an empty one is an error (facts, 8.6)."""
    key = flag.removeprefix("--letsencrypt-")
    if key not in values or key == flag:
        known = " ".join(f"--letsencrypt-{key}" for key in values)
        raise Fail(f"Invalid flag passed, valid flags: {known}")
    if not values[key]:
        raise Fail("not deployed")
    say.out(values[key])


def read(host: Host, app: str) -> dict[str, str]:
    """Return what the report knows, in its order."""
    ends = certificate.expiry(host, app)
    found = {
        "active": str(certificate.is_active(host, app)).lower(),
        "autorenew": str(settings.autorenew(host).exists()).lower(),
    }
    for key in KEYS:
        found[f"computed-{key}"] = settings.computed(host, app, key)
        found[f"global-{key}"] = settings.read(host, GLOBAL, key)
        found[key] = settings.read(host, app, key)
        if key == "email":
            found["expiration"] = str(ends or "")
    return found


def read_variables(host: Host, app: str) -> dict[str, str]:
    """Return the DNS provider's variables; in clear, unless the caller asks for stars."""
    everybody = settings.variables(host, GLOBAL)
    own = {} if app == GLOBAL else settings.variables(host, app)
    found: dict[str, str] = {}
    for key in sorted({*everybody, *own}):
        found[f"computed-{key}"] = own.get(key) or everybody.get(key, "")
        found[f"global-{key}"] = everybody.get(key, "")
        found[key] = own.get(key, "")
    hidden = os.environ.get("LETSENCRYPT_REPORT_SANITIZE") == "true"
    return {key: "****" if hidden else value for key, value in found.items() if value}

"""The `:report` of Dokku's plugins: text, JSON, or the value of one flag."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.dokku import say
from sandbox.dokku.failure import Fail, missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

GLOBAL = "--global"


@dataclass(frozen=True)
class Report:
    """How a plugin reports: its word in headers and flags, and what it knows of an app.

    `legacy` names the prefix under which values appear a second time in JSON during 0.38.
    `prefix` stands before each label of the text.
    """

    word: str
    read: Callable[[Host, str], dict[str, str]]
    legacy: str = ""
    title: str = ""
    prefix: str | None = None
    bare: tuple[str, ...] = ()


def run(call: Call, report: Report) -> None:
    """Answer `<plugin>:report [APP|--global] [--format json|stdout] [--FLAG]`."""
    words, form, flag = [], "stdout", ""
    rest = list(call.words)
    while rest:
        word = rest.pop(0)
        if word == "--format" and rest:
            form = rest.pop(0)
        elif word.startswith("--format="):
            form = word.partition("=")[2]
        elif word.startswith("--") and word not in (GLOBAL, "--quiet", "--force", "--trace"):
            flag = word
        elif word not in ("--quiet", "--force", "--trace"):
            words.append(word)
    if flag and form == "json":
        raise Fail("--format flag cannot be specified when specifying an info flag")
    apps = words[:1] or list(call.host.apps())
    if not apps:
        say.warn("You haven't deployed any applications yet")
    for app in apps:
        if app != GLOBAL and not call.host.app(app).is_dir():
            raise missing_app(app)
        show(call.host, report, app, form=form, flag=flag)


def show(host: Host, report: Report, app: str, *, form: str = "stdout", flag: str = "") -> None:
    """Print the report of one app."""
    values = report.read(host, app)
    if app == GLOBAL:
        values = {k: v for k, v in values.items() if k.startswith(("global-", "computed-"))}
    if flag:
        print_flag(report, values, flag)
    elif form == "json":
        both: dict[str, object] = dict(values)
        if report.legacy:
            own = {key: value for key, value in values.items() if not is_bare(report, key)}
            both.update({f"{report.legacy}{key}": value for key, value in own.items()})
        say.out(json.dumps(dict(sorted(both.items())), separators=(",", ":"), ensure_ascii=False))
    else:
        print_text(report, app, values)


def print_flag(report: Report, values: dict[str, str], flag: str) -> None:
    """Print one value."""
    flags = {
        f"--{key}" if is_bare(report, key) else f"--{report.word}-{key}": value
        for key, value in values.items()
    }
    if flag not in flags:
        raise Fail(f"Invalid flag passed, valid flags: {', '.join(sorted(flags))}")
    say.out(flags[flag])


def print_text(report: Report, app: str, values: dict[str, str]) -> None:
    """Print header and rows as Dokku aligns them."""
    say.info2_quiet(f"{app} {report.title or report.word} information")
    labels = {key: label(report, key) for key in values}
    width = max([31, *(len(text) + 2 for text in labels.values())])
    for key in sorted(values, key=lambda key: labels[key]):
        say.out(f"       {(labels[key] + ':').ljust(width)}{values[key]}")


def label(report: Report, key: str) -> str:
    """Return the words of a row: `computed-type` is `Proxy computed type`."""
    prefix = report.word if report.prefix is None else report.prefix
    words = key if is_bare(report, key) or not prefix else f"{prefix} {key}"
    text = words.replace("-", " ").replace(".", " ")
    return text[:1].upper() + text[1:]


def is_bare(report: Report, key: str) -> bool:
    """Say whether a key stands without the plugin's word before it."""
    return key.startswith(report.bare) if report.bare else False

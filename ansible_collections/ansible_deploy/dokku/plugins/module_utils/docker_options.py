"""Reads and writes options of `docker`, compared word by word and never written twice."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from .change import Change, Plan, Result, carry_out, command, read_or_empty
from .definition import APP, ModuleDefinition, state
from .words import InvalidValue, checked

if TYPE_CHECKING:
    from .client import Dokku

PHASES = ("build", "deploy", "run")

# `dokku` itself reads these wherever they stand (plugins/common/functions, parse_args), and
# docker-options:add reads --process (plugins/docker-options/dockeroptions.go, SplitOptionString).
TAKEN_BY_DOKKU = ("--app", "--force", "--quiet", "--trace", "--process")

Option = tuple[str, ...]


def read(dokku: Dokku, app: str, phase: str) -> list[Option]:
    """Returns the options of one phase, each as its words."""
    report: dict[str, Any] = dict(dokku.report("docker-options:report", app))
    return [_split(str(text)) for text in report[f"{phase}-list"]]


def parse(text: str) -> list[Option]:
    """Splits a text into options as Dokku does: each begins with a flag; raises InvalidValue."""
    if any(ord(character) < ord(" ") for character in text):
        raise InvalidValue("a docker option is one line of text")
    options: list[Option] = []
    for word in _split(text):
        if word.startswith("-"):
            options.append((word,))
        elif options:
            options[-1] = (*options[-1], word)
        else:
            raise InvalidValue(f"{text!r} is not a docker option: it begins with no dash")
    for option in options:
        if option[0].partition("=")[0] in TAKEN_BY_DOKKU:
            raise InvalidValue(f"{option[0]} means something to dokku itself")
    if not options:
        raise InvalidValue("a docker option must not be empty")
    return options


def compare(
    target: tuple[str, str], observed: list[Option], options: list[Option], *, is_wanted: bool
) -> Plan:
    """Plans to add what is missing to (app, phase), or to remove what is there."""
    app, phase = target
    touched = [each for each in options if (each in observed) != is_wanted]
    sign, word = ("+", "add") if is_wanted else ("-", "remove")
    changes = [Change("+" if sign == "+" else "-", _text(each), phase) for each in touched]
    commands = [command(f"docker-options:{word}", app, phase, _text(each)) for each in touched]
    after = [*observed, *touched] if is_wanted else [e for e in observed if e not in touched]
    return Plan(
        tuple(changes),
        tuple(commands),
        {phase: [_text(each) for each in observed]},
        {phase: [_text(each) for each in after]},
    )


def converge(dokku: Dokku, params: dict[str, Any], *, check: bool) -> Result:
    """Makes sure that an option is there exactly once, or not at all."""
    app, phase = checked("app", params["app"]), params["phase"]
    options = parse(params["option"])
    observed: list[Option] = read_or_empty(lambda: read(dokku, app, phase), [], check=check)
    plan = compare((app, phase), observed, options, is_wanted=params["state"] == "present")
    return carry_out(dokku, plan, check=check)


def _split(text: str) -> Option:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise InvalidValue(f"cannot read the docker option {text!r}: {error}") from None


def _text(option: Option) -> str:
    return shlex.join(option)


MODULE = ModuleDefinition(
    {
        "app": APP,
        "phase": {"type": "str", "required": True, "choices": list(PHASES)},
        "option": {"type": "str", "required": True},
        "state": state("present", "absent"),
    },
    converge,
)

"""The form of a crontab, as crontab(1) checks it and cron(8) reads it."""

import re
from dataclasses import dataclass, field

VARIABLE = re.compile(r"^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")
FIELDS = ("minute", "hour", "day-of-month", "month", "day-of-week")
LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
WORDS = frozenset(
    ["@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]
)


class BadCrontab(ValueError):
    """A line that crontab refuses; the text is crontab's own."""


@dataclass(frozen=True)
class Job:
    """One line: when, and what is given to the shell, as it stands there."""

    schedule: str
    line: str

    @property
    def command(self) -> str:
        """Up to the first % that has no backslash."""
        return re.split(r"(?<!\\)%", self.line, maxsplit=1)[0].replace("\\%", "%")

    @property
    def stdin(self) -> str:
        """What follows that %; each further one is a line's end."""
        _, *rest = re.split(r"(?<!\\)%", self.line)
        return "\n".join(rest).replace("\\%", "%")


@dataclass(frozen=True)
class Crontab:
    """Variables and jobs, in their order."""

    variables: dict[str, str] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)


def parse(text: str) -> Crontab:
    """Read a crontab; raises BadCrontab with the number of the line."""
    if text and not text.endswith("\n"):
        raise BadCrontab("new crontab file is missing newline before EOF, can't install.")
    found = Crontab()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if variable := VARIABLE.match(line):
            found.variables[variable[1]] = variable[2].strip("\"'")
        else:
            found.jobs.append(_read_job(line, number))
    return found


def _read_job(line: str, number: int) -> Job:
    count = 1 if line.lstrip().startswith("@") else len(FIELDS)
    *fields, command = (line.split(maxsplit=count) + [""] * 6)[: count + 1]
    problem = _find_problem(fields) or ("" if command else "bad command")
    if problem:
        raise BadCrontab(f'"-":{number}: {problem}\nerrors in crontab file, can\'t install.')
    return Job(" ".join(fields), command)


def _find_problem(fields: list[str]) -> str:
    if len(fields) == 1:
        return "" if fields[0] in WORDS else "bad time specifier"
    for name, limits, text in zip(FIELDS, LIMITS, fields, strict=True):
        names = {"month": MONTHS, "day-of-week": DAYS}.get(name, [])
        if not all(_is_part(part.lower(), limits, names) for part in text.split(",")):
            return f"bad {name}"
    return ""


def _is_part(text: str, limits: tuple[int, int], names: list[str]) -> bool:
    span, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    if span == "*":
        return True
    ends = [names.index(end) + limits[0] if end in names else end for end in span.split("-")]
    if len(ends) > 2 or (slash and len(ends) == 1) or not all(str(e).isdecimal() for e in ends):
        return False
    numbers = [int(end) for end in ends]
    return limits[0] <= numbers[0] <= numbers[-1] <= limits[1]

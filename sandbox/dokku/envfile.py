"""The file of app variables: `KEY="value"` a line, as the dotenv library of Dokku writes it."""

import re

LINE = re.compile(r'(?m)^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"'
                  r"|'([^']*)'|([^\n#]*))", re.DOTALL)  # fmt: skip
ESCAPED = {"n": "\n", "r": "\r"}


def parse(text: str) -> dict[str, str]:
    """Read variables; quoted values may span lines."""
    found = {}
    for match in LINE.finditer(text):
        key, double, single, bare = match.groups()
        if double is not None:
            value = re.sub(r"\\(.)", lambda m: ESCAPED.get(m[1], m[1]), double, flags=re.DOTALL)
        else:
            value = single if single is not None else bare.strip()
        found[key] = value
    return found


def render(variables: dict[str, str]) -> str:
    """Write variables, sorted; whole numbers stand without quotes."""
    return "".join(f"{key}={_value(variables[key])}\n" for key in sorted(variables))


def _value(value: str) -> str:
    if re.fullmatch(r"[1-9]\d*|0", value):
        return value
    escaped = re.sub(r'([\\"!$`])', r"\\\1", value)
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r") + '"'


def single_quoted(value: str) -> str:
    """Quote a value for a POSIX shell, always with single quotes."""
    return "'" + value.replace("'", "'\\''") + "'"

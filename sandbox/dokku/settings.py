"""Properties that a plugin's `:set` writes and its `:report` shows, as tables.

Most of Dokku's plugins have nothing else; what is special about one stays in its module.
"""

from dataclasses import dataclass

from sandbox.dokku import properties, say
from sandbox.dokku.failure import Fail, missing_app
from sandbox.dokku.host import Host
from sandbox.dokku.words import Call

GLOBAL = properties.GLOBAL


@dataclass(frozen=True)
class Setting:
    """One property; `kinds` are the keys that a report shows of it.

    o: the app's own value, g: the global one, c: the one that counts. `default` may name the app
    as {app}.
    """

    key: str
    default: str = ""
    kinds: str = "ogc"

    def read(self, host: Host, plugin: str, app: str) -> dict[str, str]:
        """Return the keys of a report."""
        own = "" if app == GLOBAL else properties.get(host, plugin, app, self.key)
        everybody = properties.get(host, plugin, GLOBAL, self.key) if "g" in self.kinds else ""
        counts = own or everybody or self.fallback(host, app)
        values = {"o": own, "g": everybody, "c": counts}
        names = {"o": self.key, "g": f"global-{self.key}", "c": f"computed-{self.key}"}
        return {names[kind]: values[kind] for kind in self.kinds}

    def fallback(self, host: Host, app: str) -> str:
        """Return the default; {app} and {root} in it are filled in."""
        return self.default.replace("{app}", app).replace("{root}", str(host.root))


def read_all(host: Host, plugin: str, app: str, table: tuple[Setting, ...]) -> dict[str, str]:
    """Return the report of a table."""
    found: dict[str, str] = {}
    for setting in table:
        found.update(setting.read(host, plugin, app))
    return found


def computed(host: Host, plugin: str, app: str, setting: Setting) -> str:
    """Return the value that counts: the app's, the global one, the default."""
    everybody = properties.get(host, plugin, GLOBAL, setting.key)
    own = properties.get(host, plugin, app, setting.key)
    return own or everybody or setting.fallback(host, app)


def put(call: Call, plugin: str, table: tuple[Setting, ...], refusal: str = "") -> None:
    """Answer `<plugin>:set APP|--global KEY [VALUE]`."""
    app, key, value = call.word(0), call.word(1), " ".join(call.words[2:])
    names = {setting.key: setting for setting in table if setting.kinds != "r"}
    if not refusal:
        if app != GLOBAL and not call.host.app(app).is_dir():
            raise missing_app(app)
        refusal = "Invalid property specified, valid properties include: " + ", ".join(
            sorted(names)
        )
    if not key:
        raise Fail("No property specified")
    if key not in names:
        raise Fail(refusal)
    if app == GLOBAL and "g" not in names[key].kinds:
        raise Fail("Property cannot be specified globally")
    if app != GLOBAL and "o" not in names[key].kinds:
        raise Fail("Property can only be specified globally")
    say.info2_quiet(f"Setting {key} to {value}" if value else f"Unsetting {key}")
    properties.put(call.host, plugin, app, key=key, value=value)

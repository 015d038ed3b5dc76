"""The plugin `domains`: VHOST files of apps and of the host, and the addresses made of them."""

from sandbox.dokku import plugn, properties, report, say, vhosts, words
from sandbox.dokku.failure import Fail
from sandbox.dokku.host import Host
from sandbox.dokku.plugins import apps, config
from sandbox.dokku.words import Call

GLOBAL = properties.GLOBAL


def set_up(host: Host, app: str) -> None:
    """Give an app without a VHOST file its default domains."""
    if vhosts.vhost_file(host, app).exists():
        return
    names = vhosts.defaults(host, app)
    if names:
        say.info1_quiet("Creating new app virtual host file...")
        vhosts.write_file(vhosts.vhost_file(host, app), names)
    else:
        say.info1_quiet("Global server virtual host not set, disabling app vhost...")
        switch_off(host, app)


def switch_off(host: Host, app: str) -> None:
    """Take an app's names away; it gets a port of its own."""
    plugn.must(host, "pre-disable-vhost", app)
    if vhosts.vhost_file(host, app).exists():
        say.info1("App virtual host support disabled")
        vhosts.vhost_file(host, app).unlink()
    with words.Variable("DOKKU_QUIET_OUTPUT", "1"):
        config.put(host, app, {"NO_VHOST": "1"}, restart=False)
    plugn.must(host, "post-domains-update", app, "disable")


def switch_on(host: Host, app: str, *, restart: bool) -> None:
    """Give an app names again; the default ones overwrite what was there (facts, 0.15)."""
    if vhosts.defaults(host, app):
        vhosts.write_file(vhosts.vhost_file(host, app), vhosts.defaults(host, app))
    plugn.must(host, "pre-enable-vhost", app)
    quiet = words.Variable("DOKKU_QUIET_OUTPUT", "1")
    with quiet:
        config.put(host, app, {"NO_VHOST": "0"}, restart=restart)
    if not restart:
        plugn.must(host, "post-domains-update", app, "enable")


def add(call: Call) -> None:
    """Answer `domains:add`."""
    app, names = target(call)
    have = vhosts.read_file(vhosts.vhost_file(call.host, app))
    for name in names:
        if name in have:
            say.info1(f"Skipping: {name} already added to {app}")
        else:
            have.append(name)
            vhosts.write_file(vhosts.vhost_file(call.host, app), have)
            say.info1(f"Added {name} to {app}")
    finish(call.host, app, "add", names)


def set_names(call: Call) -> None:
    """Answer `domains:set`."""
    app, names = target(call)
    vhosts.write_file(vhosts.vhost_file(call.host, app), names)
    say.info1(f"Set {' '.join(names)} for {app}")
    finish(call.host, app, "set", names)


def remove(call: Call) -> None:
    """Answer `domains:remove`; a name that is not there is removed, too."""
    app, names = target(call, valid=False)
    have = vhosts.read_file(vhosts.vhost_file(call.host, app))
    for name in names:
        have = [other for other in have if other != name]
        say.info1(f"Removed {name} from {app}")
    vhosts.write_file(vhosts.vhost_file(call.host, app), have)
    plugn.must(call.host, "post-domains-update", app, "remove", *names)


def target(call: Call, *, valid: bool = True) -> tuple[str, list[str]]:
    """Return app and names of a command, checked."""
    app, names = apps.verify(call.host, call.word(0)), list(call.words[1:])
    if not names:
        raise Fail("Please specify an app to run the command on" if not app else "Missing domains")
    if valid:
        vhosts.check(names)
    return app, names


def finish(host: Host, app: str, action: str, names: list[str]) -> None:
    """Enable names where they were disabled, and tell everybody."""
    if not vhosts.is_enabled(host, app):
        switch_on(host, app, restart=False)
    plugn.must(host, "post-domains-update", app, action, *names)


def clear(call: Call) -> None:
    """Answer `domains:clear`."""
    clear_app(call.host, apps.verify(call.host, call.word(0)))


def clear_app(host: Host, app: str) -> None:
    """Remove all names of an app."""
    vhosts.vhost_file(host, app).unlink(missing_ok=True)
    plugn.must(host, "post-domains-update", app, "clear")
    say.info1(f"Cleared domains in {app}")


def reset(call: Call) -> None:
    """Answer `domains:reset`: back to the default names."""
    app = apps.verify(call.host, call.word(0))
    clear_app(call.host, app)
    set_up(call.host, app)
    plugn.must(call.host, "post-domains-update", app, "reset")
    say.info1_quiet(f"Reset domains for {app}")


def disable(call: Call) -> None:
    """Answer `domains:disable`."""
    app = apps.verify(call.host, call.word(0))
    if not vhosts.is_enabled(call.host, app):
        say.info1(f"Domains (VHOST) support is already disabled for app ({app})")
        return
    vhosts.vhost_file(call.host, app).touch()
    switch_off(call.host, app)


def enable(call: Call) -> None:
    """Answer `domains:enable`; a deployed app is redeployed."""
    app = apps.verify(call.host, call.word(0))
    if vhosts.is_enabled(call.host, app):
        say.info1(f"Domains (VHOST) support is already enabled for app ({app})")
        return
    switch_on(call.host, app, restart=True)


def add_global(call: Call) -> None:
    """Answer `domains:add-global`."""
    vhosts.check(list(call.words))
    have = vhosts.read_file(vhosts.vhost_file(call.host, GLOBAL))
    for name in call.words:
        if name in have:
            say.info1(f"Skipping {name}: already added")
        else:
            have.append(name)
            say.info1(f"Added {name}")
    vhosts.write_file(vhosts.vhost_file(call.host, GLOBAL), have)


def set_global(call: Call) -> None:
    """Answer `domains:set-global`."""
    vhosts.check(list(call.words))
    vhosts.write_file(vhosts.vhost_file(call.host, GLOBAL), list(call.words))
    say.info1(f"Set {' '.join(call.words)}")


def remove_global(call: Call) -> None:
    """Answer `domains:remove-global`."""
    have = vhosts.read_file(vhosts.vhost_file(call.host, GLOBAL))
    vhosts.write_file(
        vhosts.vhost_file(call.host, GLOBAL), [name for name in have if name not in call.words]
    )
    for name in call.words:
        say.info1(f"Removed {name}")


def clear_global(call: Call) -> None:
    """Answer `domains:clear-global`."""
    vhosts.write_file(vhosts.vhost_file(call.host, GLOBAL), [])


def read(host: Host, app: str) -> dict[str, str]:
    """Return what `domains:report` knows."""
    everybody = vhosts.read_file(vhosts.vhost_file(host, GLOBAL))
    values = {"global-enabled": str(bool(everybody)).lower(), "global-vhosts": " ".join(everybody)}
    if app == GLOBAL:
        return values
    own = vhosts.read_file(vhosts.vhost_file(host, app))
    return {
        "app-enabled": str(vhosts.is_enabled(host, app)).lower(),
        "app-vhosts": " ".join(own),
        **values,
    }


def show_report(call: Call) -> None:
    """Answer `domains:report`."""
    report.run(call, report.Report("domains", read))


def show_urls(call: Call) -> None:
    """Answer `urls` and `url`."""
    found = vhosts.urls(call.host, apps.verify(call.host, call.word(0)))
    for line in found[:1] if call.command == "url" else found:
        say.out(line)


def list_domains(call: Call) -> None:
    """Answer the trigger `domains-list`."""
    say.write(1, "".join(f"{name}\n" for name in vhosts.of_app(call.host, call.word(0))))


def post_create(call: Call) -> None:
    """Give a new app its names."""
    app = call.word(0)
    if vhosts.is_enabled(call.host, app):
        set_up(call.host, app)
    else:
        say.info1("App virtual host support disabled, skipping domain setup")


def clone(call: Call) -> None:
    """Give a clone names of its own, never the source's."""
    new = call.word(1)
    vhosts.vhost_file(call.host, new).unlink(missing_ok=True)
    with words.Variable("DOKKU_QUIET_OUTPUT", "1"):
        set_up(call.host, new)


def rename(call: Call) -> None:
    """Take the names along; those made of the old app's name change with it."""
    old, new = call.words[:2]
    path = vhosts.vhost_file(call.host, old)
    if not path.exists():
        return
    names = vhosts.read_file(path)
    for domain in vhosts.read_file(vhosts.vhost_file(call.host, GLOBAL)):
        names = [name.replace(f"{old}.{domain}", f"{new}.{domain}") for name in names]
    vhosts.write_file(vhosts.vhost_file(call.host, new), names)


COMMANDS = {
    "domains": show_report,
    "add": add,
    "set": set_names,
    "remove": remove,
    "clear": clear,
    "reset": reset,
    "enable": enable,
    "disable": disable,
    "add-global": add_global,
    "set-global": set_global,
    "remove-global": remove_global,
    "clear-global": clear_global,
    "report": show_report,
    "url": show_urls,
    "urls": show_urls,
}

"""Links between services and apps: a variable of the app, a docker option, and the file LINKS."""

import os

from sandbox.dokku import app_environment, say
from sandbox.dokku.failure import Fail
from sandbox.dokku.plugins import apps, config, docker_options
from sandbox.dokku.plugins.service_create import act
from sandbox.dokku.plugins.service_engines import engine_of
from sandbox.dokku.plugins.service_kinds import COLOURS, KINDS, Kind
from sandbox.dokku.plugins.service_options import Options, parse_options
from sandbox.dokku.plugins.service_state import Service, find_service
from sandbox.dokku.words import Call

PHASES = ("build", "deploy", "run")


def link(call: Call) -> None:
    """Answer `link`: give an app the service's address."""
    name, app = read_words(call)
    apps.verify(call.host, app)
    service = find_service(call.host, KINDS[call.plugin], name)
    options = parse_options(call.words[2:])
    variables = app_environment.read(call.host, app)
    alias = choose_alias(service.kind, variables, options.alias)
    if linked := variables_of(service, app):
        raise Fail(f"Already linked as {chr(10).join(linked)}")
    act(service, "pre-link", app)
    service.write_links({*service.links(), app})
    docker_options.add(call.host, app, PHASES, option(service))
    address = url(service, app)
    if options.get("querystring"):
        address += "?" + options.get("querystring").removeprefix("?")
    act(service, "post-link", app)
    restart = wants_restart(options)
    config.put(call.host, app, {f"{alias}_URL": address}, restart=restart)
    tell_restart(restart)
    act(service, "post-link-complete", app)


def unlink(call: Call) -> None:
    """Answer `unlink`: take every variable that holds the service's address from the app."""
    name, app = read_words(call)
    service = find_service(call.host, KINDS[call.plugin], name)
    apps.verify(call.host, app)
    options = parse_options(call.words[2:])
    linked = variables_of(service, app)
    act(service, "pre-unlink", app)
    service.write_links({*service.links()} - {app})
    docker_options.remove(call.host, app, PHASES, option(service))
    if not linked:
        raise Fail(f"Not linked to app {app}")
    act(service, "post-unlink", app)
    restart = wants_restart(options)
    config.remove(call.host, app, linked, restart=restart)
    tell_restart(restart)
    act(service, "post-unlink-complete", app)


def promote(call: Call) -> None:
    """Answer `promote`: the usual variable gets this service, its old value another name."""
    name, app = read_words(call)
    service = find_service(call.host, KINDS[call.plugin], name)
    apps.verify(call.host, app)
    variables, main = app_environment.read(call.host, app), f"{service.kind.alias}_URL"
    linked = variables_of(service, app)
    if not linked:
        raise Fail(f"Not linked to app {app}")
    if main in linked:
        raise Fail(f"Service {service.name} already promoted as {main}")
    changed = {main: variables[linked[0]]}
    before = variables.get(main, "")
    if before and not any(before in value for key, value in variables.items() if key != main):
        changed[f"{free_colour(service.kind, variables)}_URL"] = before
    config.put(call.host, app, changed, restart=True)


def linked(call: Call) -> None:
    """Answer `linked`: 0 when the app has a variable with the service's address."""
    name, app = read_words(call)
    apps.verify(call.host, app)
    service = find_service(call.host, KINDS[call.plugin], name)
    if not variables_of(service, app):
        raise Fail(f"Service {name} is not linked to {app}")
    say.info1(f"Service {name} is linked to {app}")


def read_words(call: Call) -> tuple[str, str]:
    """Read the service's and the app's name; the app may come from `--app`."""
    name, app = call.word(0), call.word(1) or os.environ.get("DOKKU_APP_NAME", "")
    if not name:
        raise Fail("Please specify a valid name for the service")
    if not app:
        raise Fail("Please specify an app to run the command on")
    return name, app


def url(service: Service, app: str) -> str:
    """The service's address as the app wants it: POSTGRES_DATABASE_SCHEME changes the scheme."""
    variables = app_environment.read(service.host, app)
    scheme = variables.get(f"{service.kind.name.upper()}_DATABASE_SCHEME") or service.kind.name
    return engine_of(service).url(service, scheme)


def variables_of(service: Service, app: str) -> list[str]:
    """The names of the app's variables that hold the service's address."""
    address = url(service, app)
    variables = app_environment.read(service.host, app)
    return sorted(key for key, value in variables.items() if address in value)


def choose_alias(kind: Kind, variables: dict[str, str], wished: str) -> str:
    """The first word of the new variable: as wished, the usual one, or one with a colour."""
    if wished:
        if is_used(f"{wished}_URL", variables):
            raise Fail(f"Specified alias {wished} already in use")
        return wished
    alias = free_colour(kind, variables) if is_used(f"{kind.alias}_URL", variables) else kind.alias
    if not alias:
        raise Fail("Unable to use default or generated URL alias")
    return alias


def free_colour(kind: Kind, variables: dict[str, str]) -> str:
    """The first coloured alias that is free, empty when there is none."""
    names = (f"{kind.other_alias}_{colour}" for colour in COLOURS)
    return next((name for name in names if not is_used(f"{name}_URL", variables)), "")


def is_used(word: str, variables: dict[str, str]) -> bool:
    """Tell whether a word is anywhere in the app's variables, which is how the plugins look."""
    return any(word in f"{key}:  {value}" for key, value in variables.items())


def option(service: Service) -> str:
    """The docker option by which the app's containers would find the service's."""
    return f"--link {service.container}:{service.host_name}"


def wants_restart(options: Options) -> bool:
    """Tell whether the app is to be redeployed."""
    flags = os.environ.get("DOKKU_GLOBAL_FLAGS", "")
    return not (options.has("no-restart") or "--no-restart" in flags)


def tell_restart(restart: bool) -> None:
    """Say that the app was left alone."""
    if not restart:
        say.verbose("Skipping restart of linked app")

"""What is known of apps comes from files alone; what cannot be read is told and hides nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ansible_deploy import files
from ansible_deploy.layout import Layout
from ansible_deploy.monitoring.attention import notices
from ansible_deploy.monitoring.overview import DEPLOYS, collect
from ansible_deploy.monitoring.status_json import as_object
from ansible_deploy.monitoring.status_lines import one_app
from ansible_deploy.monitoring.status_page import page
from ansible_deploy.monitoring.status_table import table
from tests import made_certificates
from tests.made_host import (
    HOST,
    Prometheus,
    add_app,
    add_backups,
    add_deploys,
    add_nightly,
    add_processes,
    ago,
    ahead,
)

FILES = {
    "record": "lib/data/ansible-deploy/apps/shop/state.json",
    "deploys": "lib/data/ansible-deploy/apps/shop/deploys.jsonl",
    "backups": "lib/data/ansible-deploy/apps/shop/backups.json",
    "drift": "lib/data/ansible-deploy/apps/shop/nightly.json",
    "processes": "lib/data/ansible-deploy/apps/shop/processes.json",
    "certificate": "home/shop/tls/server.crt",
    "watch": "lib/data/ansible-deploy/monitoring/targets/shop.json",
}
BROKEN = (
    b"{",
    b"[5]",
    b"5",
    b'"x"',
    b"\xff\xfe",
    b'{"at": "x", "last_at": "x", "drift": [], "domains": {}}',
    b'{"at": 1e99, "exit": 0, "origin": "shop", "pending": {"tls": 5}, "failed": 7}',
    b'[{"labels": 5}]',
)


def fill(layout: Layout, app: str) -> None:
    folder = add_app(layout, app)
    pair = made_certificates.make((f"{app}.example.org",), end=timedelta(days=80, hours=1))
    files.write(layout.dokku_root / app / "tls" / "server.crt", pair.certificate)
    add_backups(folder)
    add_deploys(folder, (ago(days=2), 1), (ago(days=1), 0))
    add_nightly(folder, domains={"example.org": ahead(100)})
    add_processes(folder, 2, 2)


def test_all_that_is_known_of_an_app(layout: Layout, server: Prometheus) -> None:
    fill(layout, "shop")
    then, end = ago(minutes=50), ahead(100)
    add_backups(layout.app("shop"), last_at=then)
    add_nightly(layout.app("shop"), domains={"example.org": end})
    server.probes["shop"] = 1
    overview = collect(layout)
    (app,) = overview.apps
    assert (overview.host, overview.why, overview.alerts) == (HOST, "", ())
    assert (app.state, app.why, app.address) == ("up", "", "https://shop.example.org")
    assert app.certificate == made_certificates.NOW + timedelta(days=80, hours=1)
    assert [deploy.exit for deploy in app.deploys] == [0, 1]
    assert app.backups is not None
    assert app.backups.record.last_at == then
    assert app.nightly is not None
    assert app.nightly.domains == {"example.org": datetime.fromisoformat(end)}
    assert app.processes is not None
    assert (app.processes.wanted, app.processes.running) == (2, 2)
    assert app.unreadable == {}
    assert notices(app, overview.at) == []


def test_an_app_of_which_nothing_is_known(layout: Layout, server: Prometheus) -> None:
    add_app(layout, "shop")
    (app,) = collect(layout).apps
    assert app.unreadable == {}
    assert (app.state, app.deploys, app.certificate) == ("unknown", (), None)
    assert (app.nightly, app.processes) == (None, None)


def test_apps_that_were_never_accepted_are_left_out(layout: Layout, server: Prometheus) -> None:
    add_app(layout, "shop")
    files.make_folder(layout.app("refused").incoming)
    assert [app.app for app in collect(layout).apps] == ["shop"]


@pytest.mark.parametrize(
    ("probe", "state", "why"),
    [(1, "up", ""), (0, "down", ""), (None, "unknown", "Prometheus knows of no probe of it yet")],
)
def test_the_state_is_what_the_probe_says(
    layout: Layout, server: Prometheus, probe: int | None, state: str, why: str
) -> None:
    add_app(layout, "shop")
    server.probes |= {} if probe is None else {"shop": probe}
    (app,) = collect(layout).apps
    assert (app.state, app.why) == (state, why)


def test_an_app_of_that_name_on_another_host_is_another_app(
    layout: Layout, server: Prometheus
) -> None:
    add_app(layout, "shop")
    labels = {"app": "shop", "host": "elsewhere"}
    files.write_json(layout.monitoring.targets("shop"), [{"labels": labels}])
    server.probes["shop"] = 1
    server.alerts.append({"alertname": "AppDown", "severity": "page", "app": "shop", "host": HOST})
    (app,) = collect(layout).apps
    assert (app.state, app.alerts) == ("unknown", ())


def test_what_prometheus_calls_the_host_is_over_what_files_of_an_earlier_name_say(
    layout: Layout, server: Prometheus
) -> None:
    add_app(layout, "shop")
    labels = {"app": "shop", "host": "earlier"}
    files.write_json(layout.monitoring.targets("shop"), [{"labels": labels}])
    files.write(layout.monitoring.host, f"{HOST}\n", mode=files.PUBLIC)
    server.probes["shop"] = 1
    server.alerts.append({"alertname": "AppDown", "severity": "page", "app": "shop", "host": HOST})
    server.alerts.append({"alertname": "DiskFills", "severity": "warn", "host": HOST})
    overview = collect(layout)
    assert (overview.host, [alert.name for alert in overview.alerts]) == (HOST, ["DiskFills"])
    (app,) = overview.apps
    assert (app.state, [alert.name for alert in app.alerts]) == ("up", ["AppDown"])
    layout.monitoring.host.write_bytes(b"\xff")
    assert collect(layout).host == "earlier"


def test_an_app_that_is_not_watched_is_not_up(layout: Layout, server: Prometheus) -> None:
    add_app(layout, "shop")
    layout.monitoring.targets("shop").unlink()
    server.probes["shop"] = 1
    (app,) = collect(layout).apps
    assert (app.state, app.why) == ("unknown", "the app is not watched")


def test_without_an_answer_nothing_is_up(layout: Layout, server: Prometheus) -> None:
    add_app(layout, "shop")
    server.status = 500
    overview = collect(layout)
    assert overview.why
    assert (overview.apps[0].state, overview.apps[0].why) == ("unknown", overview.why)


@pytest.mark.parametrize("content", BROKEN)
@pytest.mark.parametrize("subject", FILES)
def test_a_broken_record_is_told_and_hides_nothing(
    layout: Layout, server: Prometheus, subject: str, content: bytes
) -> None:
    fill(layout, "shop")
    fill(layout, "wiki")
    server.probes |= {"shop": 1, "wiki": 1}
    (layout.lib_root.parent / FILES[subject]).write_bytes(content)
    overview = collect(layout)
    shop, wiki = overview.apps
    assert list(shop.unreadable) == [subject]
    assert [str(notice).partition(":")[0] for notice in notices(shop, overview.at)] == [
        f"{subject} cannot be read"
    ]
    assert shop.state == ("unknown" if subject == "watch" else "up")
    assert (wiki.state, notices(wiki, overview.at)) == ("up", [])
    assert f"{subject} cannot be read" in page(overview)
    assert any(f"{subject} cannot be read" in line for line in table(overview))
    assert any(f"{subject} cannot be read" in line for line in one_app(overview))
    assert as_object(shop, overview.at)[f"unreadable-{subject}"]


@pytest.mark.parametrize("subject", FILES)
def test_a_folder_in_the_place_of_a_file_is_told(
    layout: Layout, server: Prometheus, subject: str
) -> None:
    fill(layout, "shop")
    path = layout.lib_root.parent / FILES[subject]
    path.unlink()
    path.mkdir()
    (shop,) = collect(layout).apps
    assert list(shop.unreadable) == [subject]


def test_the_bounds_of_an_app_stand_in_its_metrics(layout: Layout, server: Prometheus) -> None:
    add_app(layout, "shop")
    name, about = "ansible_deploy_threshold_seconds", 'app="shop",host="server1"'
    lines = ["# HELP x y.", f'{name}{{{about},subject="certificate"}} 432000']
    lines.append(f'{name}{{{about},subject="latency"}} 0.5')
    files.write(layout.monitoring.metrics("shop", "watch"), "\n".join(lines) + "\n")
    (app,) = collect(layout).apps
    assert app.limits == {"certificate": timedelta(days=5), "latency": timedelta(seconds=0.5)}


def test_half_a_line_hides_no_other_deploy(layout: Layout, server: Prometheus) -> None:
    folder = add_app(layout, "shop")
    add_deploys(folder, (ago(days=2), 0), (ago(days=1), 1))
    with folder.deploys.open("a") as file:
        file.write('{"build": "b3", "a')
    (app,) = collect(layout).apps
    assert [deploy.exit for deploy in app.deploys] == [1, 0]
    assert app.unreadable["deploys"] == f"1 line of {folder.deploys} cannot be read"


def test_of_many_deploys_the_last_are_told(layout: Layout, server: Prometheus) -> None:
    folder = add_app(layout, "shop")
    times = [ago(hours=hours) for hours in range(2000, 0, -1)]
    add_deploys(folder, *((at, 0) for at in times))
    (app,) = collect(layout).apps
    assert app.unreadable == {}
    last = [datetime.fromisoformat(at) for at in reversed(times[-DEPLOYS:])]
    assert [deploy.at for deploy in app.deploys] == last

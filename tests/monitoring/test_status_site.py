"""Who asks a real nginx, which has no default site of its own, for the status page, and who not."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.dns.servers.process import free_port, program, running
from tests.monitoring.watching import Tree, make_tree

PORTS = {"prometheus": 9090, "alertmanager": 9093, "blackbox": 9115, "node": 9100}
DOMAIN = "status.example.org"
OLD = "ansible-deploy-status.conf"
MAIN = """
daemon off; master_process off; error_log stderr; pid {root}/nginx.pid; events {{}}
http {{
  access_log off;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  include {root}/served/*.conf;
}}
"""
APP = 'server {{ listen 80; server_name {name}; default_type text/plain; return 200 "{app}"; }}\n'


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A host with a status page, and a folder of apps as Dokku has nginx read it."""
    tree = make_tree(tmp_path / "host", PORTS, status_domain=DOMAIN)
    (tree.data / "status").mkdir(parents=True)
    (tree.data / "status/index.html").write_text("all apps")
    (tree.root / "home").mkdir()
    return tree


def add_app(tree: Tree, app: str, name: str) -> None:
    (tree.root / f"home/{app}.conf").write_text(APP.format(name=name, app=app))
    (tree.root / "nginx/dokku.conf").write_text(f"include {tree.root}/home/*.conf;\n")


@contextmanager
def served(tree: Tree) -> Iterator[int]:
    """Runs nginx with what lies there, on a port that is no other's."""
    port, folder = free_port(), tree.root / "served"
    folder.mkdir()
    for path in [*(tree.root / "nginx").iterdir(), *(tree.root / "home").iterdir()]:
        text = path.read_text().replace("listen [::]:80;", "")
        text = text.replace(f"{tree.root}/home/", f"{tree.root}/apps/")
        place = folder if path.parent.name == "nginx" else tree.root / "apps"
        place.mkdir(exist_ok=True)
        (place / path.name).write_text(re.sub(r"listen 80;", f"listen 127.0.0.1:{port};", text))
    (tree.root / "nginx.conf").write_text(MAIN.format(root=tree.root))
    words = [program("nginx", "nginx-light"), "-c", str(tree.root / "nginx.conf")]
    with running(words, tree.root, lambda: bool(ask(port, DOMAIN))):
        yield port


def ask(port: int, name: str) -> str:
    """What is served to who asks for that name; without one, as by HTTP/1.0, for none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", "/", skip_host=True)
        if name:
            connection.putheader("Host", name)
        connection.endheaders()
        answer = connection.getresponse()
        return f"{answer.status} {answer.read().decode()}"
    except ConnectionRefusedError:
        return ""
    finally:
        connection.close()


def test_the_default_site_stays_what_it_was(tree: Tree) -> None:
    add_app(tree, "shop", "shop.example.org")
    assert tree.play().returncode == 0
    with served(tree) as port:
        assert ask(port, DOMAIN) == "200 all apps"
        for name in ("127.0.0.1", "203.0.113.7", "other.example.org", "shop.example.org"):
            assert ask(port, name) == "200 shop"


def test_on_a_host_without_sites_who_asks_by_address_sees_no_page(tree: Tree) -> None:
    assert tree.play().returncode == 0
    with served(tree) as port:
        assert ask(port, DOMAIN) == "200 all apps"
        for name in ("127.0.0.1", "other.example.org"):
            assert ask(port, name).startswith("404 ")


def test_an_app_that_took_the_name_is_shown_there(tree: Tree) -> None:
    add_app(tree, "shop", DOMAIN)
    assert tree.play().returncode == 0
    with served(tree) as port:
        assert ask(port, DOMAIN) == "200 shop"


def test_a_file_of_the_name_that_it_had_goes_where_it_was_ours(tree: Tree) -> None:
    old = tree.root / "nginx" / OLD
    old.write_text("# of somebody else\n")
    assert tree.play().returncode == 0
    assert old.exists()
    new = tree.root / "nginx/zz-ansible-deploy-status.conf"
    old.write_text(new.read_text())
    plan = tree.play("--check")
    assert "changed=1 " in plan.stdout
    assert old.exists()
    assert tree.play().returncode == 0
    assert [path.name for path in (tree.root / "nginx").iterdir()] == [new.name]
    assert "changed=0 " in tree.play().stdout
    old.write_text(new.read_text())
    assert tree.play(monitoring_host_status_domain="").returncode == 0
    assert list((tree.root / "nginx").iterdir()) == []

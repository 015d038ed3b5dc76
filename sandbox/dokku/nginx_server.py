"""The nginx of the sandbox: unprivileged, on loopback ports, one main file below the root."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from sandbox.dokku.host import Host
from sandbox.servers.ports import choose_port, keep_port

MAIN = """# written by the sandbox at `up`
pid {root}/run/nginx.pid;
error_log {root}/var/log/nginx/error.log;
worker_processes 1;
{user}
events {{ worker_connections 512; }}
{stream}http {{
  access_log {root}/var/log/nginx/access.log;
  client_body_temp_path {root}/run/nginx/body;
  proxy_temp_path {root}/run/nginx/proxy;
  fastcgi_temp_path {root}/run/nginx/fastcgi;
  uwsgi_temp_path {root}/run/nginx/uwsgi;
  scgi_temp_path {root}/run/nginx/scgi;
  server_names_hash_bucket_size 512;
  default_type application/octet-stream;
  map $http_upgrade $http_connection {{ default upgrade; '' close; }}
  server {{ listen 127.0.0.1:{http} default_server; server_name _; return 404; }}
  server {{ listen 127.0.0.1:{https} ssl default_server; server_name _; ssl_reject_handshake on; }}
  include {root}/home/dokku/*/nginx.conf;
  server {{  # the operator's: an app that took the name comes first
    listen 127.0.0.1:{http};
    server_name {status};
    root {root}/var/www/status;
    types {{ text/html html; application/json json; image/svg+xml svg; }}
    charset utf-8;
    location / {{ try_files $uri $uri/index.html =404; }}
  }}
}}
"""
STATUS_NAMES = (
    "status.dokku.sandbox",
    "status.localhost",
)  # the second leads here in every browser


def ports_file(host: Host) -> Path:
    """Return the readable file that says where each host port really is."""
    return host.root / "etc/ports.json"


def ports(host: Host) -> dict[str, int]:
    """Return the loopback port for each host port in use."""
    file = ports_file(host)
    found: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def port(host: Host, host_port: str) -> int:
    """Return the loopback port that plays a host port; a new one is chosen and kept."""
    known = ports(host)
    if host_port in known:
        return known[host_port]
    with open(host.root / "etc/ports.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = ports(host)
        if host_port not in known:
            seed, preferred = f"{host.root} port {host_port}", PREFERRED.get(host_port, 0)
            known[host_port] = choose_port(seed, set(known.values()), preferred)
        ports_file(host).write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    return known[host_port]


PREFERRED = {"80": 8080, "443": 8443}


def start(host: Host) -> None:
    """Start nginx unless it runs."""
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (host.run / "nginx" / name).mkdir(parents=True, exist_ok=True)
    if is_running(host):
        return
    choose_ports(host)
    text = MAIN.format(
        root=host.root,
        http=port(host, "80"),
        https=port(host, "443"),  # held from the start, or another sandbox takes the same
        user="user root;" if os.getuid() == 0 else "",
        stream="",
        status=" ".join(STATUS_NAMES),
    )
    (host.root / "etc/nginx.conf").write_text(text, encoding="utf-8")
    answer = run(host)
    if answer.returncode:
        raise OSError(answer.stderr)


def choose_ports(host: Host) -> None:
    """Choose anew the ports that somebody else has taken since."""
    known = ports(host)
    kept = {name: n for name, n in known.items() if keep_port(n, str(host.root))}
    ports_file(host).write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    for name in {"80": 0, "443": 0, **known}:
        port(host, name)


def run(host: Host, *words: str) -> subprocess.CompletedProcess[str]:
    """Run nginx with the sandbox's main file."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") or "nginx"
    log = str(host.root / "var/log/nginx/error.log")
    conf = str(host.root / "etc/nginx.conf")
    return subprocess.run(
        [program, "-p", str(host.root), "-e", log, "-c", conf, *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DOKKU_SANDBOX_ROOT": str(host.root)},
    )


def test(host: Host) -> str:
    """Return nginx's complaint about its configuration, or nothing."""
    answer = run(host, "-t", "-q")
    return answer.stderr.strip() if answer.returncode else ""


def reload(host: Host) -> None:
    """Let the running nginx read its files again; returns when its new worker has taken over."""
    pid = read_pid(host)
    if not pid:
        return
    old = workers(pid)
    os.kill(pid, signal.SIGHUP)
    if not old:
        time.sleep(0.2)  # a kernel that does not list children
        return
    end = time.monotonic() + 3
    while time.monotonic() < end and (not workers(pid) - old or workers(pid) & old):
        time.sleep(0.005)


def workers(pid: int) -> set[int]:
    """Return the workers that take requests; those that only finish theirs say so."""
    found: set[int] = set()
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return found
    for child in children:
        try:
            title = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"shutting down" not in title:
            found.add(int(child))
    return found


def is_running(host: Host) -> bool:
    """Say whether the sandbox's nginx runs."""
    return bool(read_pid(host))


def read_pid(host: Host) -> int:
    """Return nginx's pid, 0 when it does not run."""
    try:
        pid = int((host.run / "nginx.pid").read_text(encoding="utf-8"))
        title = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return 0
    return pid if f" {host.root} ".encode() in title else 0

"""The text of an app's nginx file: one server for each http and https mapping, upstreams below."""

from dataclasses import dataclass, field

from sandbox.dokku.plugins.ports import Mapping


@dataclass(frozen=True)
class Site:
    """All that the file of one app says."""

    app: str
    folder: str
    mappings: list[Mapping]
    names: list[str]
    listen: dict[int, int]
    servers: dict[int, list[str]]
    options: dict[str, str] = field(default_factory=dict)
    secure: bool = False


def render(site: Site) -> str:
    """Return the file."""
    parts = [server(site, m) for m in site.mappings if m.scheme in ("http", "https")]
    if site.servers:
        keep = site.options["proxy-keepalive"]
        parts += [upstream(site, inside, keep) for inside in sorted(site.servers)]
    return "\n".join(parts)


def upstream(site: Site, inside: int, keepalive: str) -> str:
    """Return the group of processes that listen on one port of the container."""
    lines = [f"  server {address};" for address in site.servers[inside]]
    lines += [f"  keepalive {keepalive};"] if keepalive else []
    return "\n".join([f"upstream {site.app}-{inside} {{", *lines, "}", ""])


def server(site: Site, mapping: Mapping) -> str:
    """Return one server block."""
    is_tls = mapping.scheme == "https"
    lines = [f"listen 127.0.0.1:{site.listen[mapping.host]}{' ssl' if is_tls else ''};"]
    lines.insert(0, f"# host port {mapping.host}")
    if site.names:
        lines.append(f"server_name {' '.join(site.names)};")
    lines += [f"{name.replace('-', '_')} {site.options[name]};" for name in TIMES]
    lines.append(f"underscores_in_headers {site.options['underscore-in-headers']};")
    lines += logs(site)
    if is_tls:
        lines.append(f"ssl_certificate {site.folder}/tls/server.crt;")
        lines.append(f"ssl_certificate_key {site.folder}/tls/server.key;")
        lines += ["ssl_protocols TLSv1.2 TLSv1.3;", "ssl_prefer_server_ciphers off;"]
    lines.append(f"include {site.folder}/nginx.conf.d/*.conf;")
    lines += location(site, mapping)
    return "server {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


TIMES = [
    "client-body-timeout",
    "client-header-timeout",
    "keepalive-timeout",
    "lingering-timeout",
    "send-timeout",
    "client-max-body-size",
]


def logs(site: Site) -> list[str]:
    """Return the lines of the two logs."""
    access, form = site.options["access-log-path"], site.options["access-log-format"]
    return [
        f"access_log {access}{' ' + form if form and access != 'off' else ''};",
        f"error_log {site.options['error-log-path']};",
    ]


def location(site: Site, mapping: Mapping) -> list[str]:
    """Return where requests go: to the app, to https, or nowhere."""
    if site.secure and (mapping.scheme, mapping.host) == ("http", 80):
        return [f"location / {{ return 301 https://$host:{site.listen[443]}$request_uri; }}"]
    if not site.servers:
        return ["location / { return 502; }"]
    lines = [
        f"proxy_pass http://{site.app}-{mapping.container};",
        "proxy_http_version 1.1;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $http_connection;",
        "proxy_set_header X-Request-Start $msec;",
    ]
    lines += [f"{name.replace('-', '_')} {site.options[name]};" for name in PROXY]
    for header, name in HEADERS.items():
        if site.options[name]:
            lines.append(f"proxy_set_header {header} {site.options[name]};")
    return ["location / {", *(f"  {line}" for line in lines), "}"]


PROXY = [
    "proxy-connect-timeout",
    "proxy-read-timeout",
    "proxy-send-timeout",
    "proxy-buffer-size",
    "proxy-buffering",
    "proxy-buffers",
    "proxy-busy-buffers-size",
]
HEADERS = {
    "X-Forwarded-For": "x-forwarded-for-value",
    "X-Forwarded-Port": "x-forwarded-port-value",
    "X-Forwarded-Proto": "x-forwarded-proto-value",
    "X-Forwarded-Ssl": "x-forwarded-ssl",
}

"""The properties of `nginx:set`, with the values that count when nobody sets them."""

from sandbox.dokku.settings import Setting

SETTINGS = tuple(
    Setting(*row)
    for row in (
        ("access-log-format", ""),
        ("access-log-path", "{root}/var/log/nginx/{app}-access.log"),
        ("bind-address-ipv4", ""),
        ("bind-address-ipv6", "::"),
        ("client-body-timeout", "60s"),
        ("client-header-timeout", "60s"),
        ("client-max-body-size", "1m"),
        ("disable-custom-config", "false"),
        ("error-log-path", "{root}/var/log/nginx/{app}-error.log"),
        ("hsts", "true"),
        ("hsts-include-subdomains", "true"),
        ("hsts-preload", "false"),
        ("hsts-max-age", "15724800"),
        ("keepalive-timeout", "75s"),
        ("lingering-timeout", "5s"),
        ("nginx-conf-sigil-path", "nginx.conf.sigil"),
        ("nginx-service-command", ""),
        ("proxy-buffer-size", "4k"),
        ("proxy-buffering", "on"),
        ("proxy-buffers", "8 4k"),
        ("proxy-busy-buffers-size", "8k"),
        ("proxy-connect-timeout", "60s"),
        ("proxy-read-timeout", "60s"),
        ("proxy-send-timeout", "60s"),
        ("proxy-keepalive", ""),
        ("send-timeout", "60s"),
        ("underscore-in-headers", "off"),
        ("x-forwarded-for-value", "$remote_addr"),
        ("x-forwarded-port-value", "$server_port"),
        ("x-forwarded-proto-value", "$scheme"),
        ("x-forwarded-ssl", ""),
    )
)


REFUSAL = "Invalid key specified, valid keys include: " + ", ".join(s.key for s in SETTINGS)

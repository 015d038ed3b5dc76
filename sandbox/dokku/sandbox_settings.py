"""What `up` found out about the machine, kept in etc/sandbox.json."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field

from sandbox.dokku.host import Host


@dataclass(frozen=True)
class Settings:
    """`isolated`: app processes get a mount namespace; `pip`: how this machine finds packages."""

    isolated: bool = False
    pip: dict[str, str] = field(default_factory=dict)


def read(host: Host) -> Settings:
    """Return the settings of a sandbox."""
    try:
        return Settings(**json.loads((host.root / "etc/sandbox.json").read_text(encoding="utf-8")))
    except OSError:
        return Settings()


def probe(host: Host) -> None:
    """Find out whether the machine allows mount namespaces, by trying."""
    words = ["unshare", *([] if os.getuid() == 0 else ["--map-root-user"]), "--mount", "true"]
    try:
        status = subprocess.run(words, capture_output=True, check=False).returncode
    except OSError:
        status = 1
    known = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    pip = {key: value for key, value in os.environ.items() if key.upper().startswith(known)}
    settings = Settings(isolated=status == 0, pip={"HOME": os.path.expanduser("~"), **pip})
    text = json.dumps(asdict(settings), indent=2) + "\n"
    (host.root / "etc/sandbox.json").write_text(text, encoding="utf-8")

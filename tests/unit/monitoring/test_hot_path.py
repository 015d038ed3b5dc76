"""What a push that changes nothing imports: nothing slow, for it has 0.4 s in all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IMPORTED = (
    "ansible_deploy.triggers, ansible_deploy.capture, ansible_deploy.world,"
    " ansible_deploy.backups.standing"
)
SLOW = ("urllib.request", "yaml", "jsonschema", "ansible", "ansible_deploy.desired")


def test_nothing_slow_is_imported() -> None:
    code = f"import sys; sys.path[:0] = {[str(ROOT / 'src'), str(ROOT)]!r}; import {IMPORTED}\n"
    code += f"print([name for name in {SLOW!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")

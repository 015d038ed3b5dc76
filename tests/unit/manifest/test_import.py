"""Importing the manifest costs little: the parser and the validator come with the first folder."""

from __future__ import annotations

import subprocess
import sys


def test_import_loads_neither_parser_nor_validator() -> None:
    late = "{'yaml', 'jsonschema', 'ansible'}"
    program = f"import ansible_deploy.manifest, sys; print({late} & {{*sys.modules}})"
    words = [sys.executable, "-c", program]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "set()\n"

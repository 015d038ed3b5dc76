"""What Ansible reads from the file of variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_deploy.runner import dump_variables
from ansible_deploy.secret import Secret

TEXTS = [
    "",
    "off",
    "yes",
    "null",
    "~",
    "017",
    "0x50",
    "1e3",
    "22:22",
    "1.0",
    "2026-01-01",
    "=",
    "<<",
    "{{ lookup('pipe', 'id') }}",
    "{% raw %}",
    "!vault |",
    "!unsafe x",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "two\nlines\n",
    "tab\t",
    "\x7f\x85\u2028\ufeff",
    "é☃🐍",
    "back\\slash",
    "trailing ",
    "%",
    "@",
    "`",
]


def test_every_text_stays_the_same_text_and_no_template(tmp_path: Path) -> None:
    loader = pytest.importorskip("ansible.parsing.dataloader").DataLoader()
    from ansible._internal._datatag._tags import TrustedAsTemplate

    path = tmp_path / "variables.yml"
    wished = {"listed": TEXTS, "mapped": {text: text for text in TEXTS}, "secret": Secret("017")}
    path.write_text(dump_variables({**wished, "flag": True, "count": 3, "nothing": None}))
    found = loader.load_from_file(str(path), trusted_as_template=True)
    assert list(found["listed"]) == TEXTS
    assert dict(found["mapped"]) == wished["mapped"]
    assert found["secret"] == "017"
    assert (found["flag"], found["count"], found["nothing"]) == (True, 3, None)
    texts = [*found["listed"], *found["mapped"].values(), found["secret"]]
    assert not any(TrustedAsTemplate.is_tagged_on(text) for text in texts)

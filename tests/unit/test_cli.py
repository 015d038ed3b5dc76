"""Words of subcommands: none is passed over."""

from __future__ import annotations

import pytest

from ansible_deploy.cli import SUBCOMMANDS
from ansible_deploy.errors import DeployError

MOST = {"schema": 0, "plan": 2, "validate": 2, "verify": 2, "restore": 2, "rollback": 2}
NAMES = sorted(SUBCOMMANDS.keys() - {"default", "set"})


@pytest.mark.parametrize("name", NAMES)
def test_a_word_too_many_is_refused(name: str) -> None:
    words = ["shop", "1111aaaa"][: MOST.get(name, 1)]
    with pytest.raises(DeployError, match=r"^too many words: extra$"):
        SUBCOMMANDS[name]([*words, "extra"])

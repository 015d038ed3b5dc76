"""A Secret shows itself to nobody who does not ask for it."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from ansible_deploy.secret import Secret

TEXT = "correct horse"
SECRET = Secret(TEXT)


def test_a_secret_prints_as_stars() -> None:
    shown = [str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET:>20}", "%s" % SECRET, repr([SECRET])]  # noqa: UP031
    assert not any(TEXT in text for text in shown)


def test_a_secret_is_revealed_on_demand() -> None:
    assert SECRET.reveal() == TEXT


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert Secret(TEXT) == SECRET
    assert Secret("other") != SECRET
    assert TEXT != SECRET
    assert len({SECRET, Secret(TEXT)}) == 1


def test_a_secret_is_not_written_to_disk() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(SECRET)
    with pytest.raises(TypeError):
        json.dumps(SECRET)
    with pytest.raises(TypeError):
        copy.copy(SECRET)

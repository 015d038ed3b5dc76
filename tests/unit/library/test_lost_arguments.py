"""Arguments of a daemon that would be gone are found, and those that may be replaced are not."""

from __future__ import annotations

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.filter.lost_arguments import lost_arguments

OWN = ["--config.file=/etc/p.yml", "--web.listen-address=127.0.0.1:9090"]
PACKAGED = "--config.file=/etc/packaged.yml"
SET = " ".join(OWN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ARGS=\n",
        'ARGS=""\n',
        "# ARGS=--storage.tsdb.path=/srv\n",
        'ARGS="--config.file /etc/packaged.yml"\n',
        "ARGS='--config.file=/etc/packaged.yml'\n",
        f'ARGS="{SET}"\n',
        'ARGS="--config.file=/etc/p.yml --web.listen-address=10.0.0.5:9090"\n',
        f'ARGS="{SET} --retention=15d"\n',
        'ARGS="--retention 15d"\n',
    ],
)
def test_what_may_be_replaced(text: str) -> None:
    assert lost_arguments(text, OWN, "--retention=2y", PACKAGED) == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ('ARGS="--path=/srv --retention=2y"', ["--path=/srv"]),
        (f'ARGS="{SET} --path /srv"', ["--path=/srv"]),
        ('ARGS="--config.file=/srv/p.yml"', ["--config.file=/srv/p.yml"]),
        ('ARGS="--web.listen-address=:9090"', ["--web.listen-address=:9090"]),
        ('  ARGS="--path=/srv"', ["--path=/srv"]),
        ('ARGS="--path=/srv"\nARGS=""', ["--path=/srv"]),
        ('ARGS="--path=/srv \\\n  --more"', ['ARGS="--path=/srv \\']),
        ("ARGS=$OTHERS", ["$OTHERS"]),
    ],
)
def test_what_would_be_gone(text: str, lost: list[str]) -> None:
    assert lost_arguments(f"{text}\n", OWN, "--retention=90d", PACKAGED) == lost


def test_a_place_of_ours_is_not_given_away_by_more_arguments() -> None:
    text, more = 'ARGS="--config.file=/srv/p.yml"', "--config.file=/srv/other.yml"
    assert lost_arguments(text, OWN, more, "") == ["--config.file=/srv/p.yml"]

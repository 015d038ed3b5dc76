"""What the operator allows: values that are taken, and which scope wins."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from ansible_deploy.errors import DeployError
from ansible_deploy.layout import GLOBAL, Layout
from ansible_deploy.manifest.backups import SCHEMA as BACKUPS
from ansible_deploy.setting_table import NAME, SETTINGS
from ansible_deploy.settings import (
    forget_settings,
    name_owner,
    read_scope,
    read_settings,
    write_setting,
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A host without settings."""
    return Layout(tmp_path / "lib", tmp_path / "home", tmp_path / "plugins", tmp_path)


def test_nothing_is_allowed_before_the_operator_says_so(layout: Layout) -> None:
    settings = read_settings(layout, "shop")
    grants = ("custom-plays", "domains-of-others", "nginx-conf")
    assert not any(settings.allows(key) for key in grants)
    assert settings.words("host-paths") == ()
    assert settings["keep-runs"] == "20"


def test_every_default_is_a_value_that_could_be_set() -> None:
    assert all(setting.accepts(setting.default) for setting in SETTINGS.values() if setting.default)


def test_the_value_of_an_app_hides_the_one_for_all(layout: Layout) -> None:
    write_setting(layout, GLOBAL, "custom-plays", "allow")
    write_setting(layout, "shop", "custom-plays", "deny")
    assert not read_settings(layout, "shop").allows("custom-plays")
    assert read_settings(layout, "blog").allows("custom-plays")


@pytest.mark.parametrize("value", ["08", "010", "+5", "5s", "٥"])
def test_a_number_is_one_that_a_shell_reads_likewise(layout: Layout, value: str) -> None:
    with pytest.raises(DeployError, match="alert-grace"):
        write_setting(layout, GLOBAL, "alert-grace", value)


def test_an_empty_value_clears(layout: Layout) -> None:
    write_setting(layout, "shop", "keep-runs", "3")
    write_setting(layout, "shop", "keep-runs", "")
    write_setting(layout, "shop", "keep-runs", "")
    assert read_settings(layout, "shop").values == {}


def test_words_are_split_at_commas(layout: Layout) -> None:
    write_setting(layout, "shop", "host-paths", "/srv/a,/srv/b")
    assert read_settings(layout, "shop").words("host-paths") == ("/srv/a", "/srv/b")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("custom-plays", "yes"),
        ("custom-plays", "ALLOW"),
        ("domains-of-others", "allow "),
        ("host-paths", "srv"),
        ("host-paths", "/srv,"),
        ("host-paths", "/srv/../etc"),
        ("keep-runs", "0"),
        ("keep-runs", "-1"),
        ("keep-runs", "1001"),
        ("keep-runs", "many"),
        ("nginx-conf", "1"),
        ("properties", "nginx"),
        ("properties", "nginx."),
        ("properties", ".x"),
        ("properties", "nginx.a,,nginx.b"),
        ("backup-repository", "../shop"),
        ("backup-repository", "-rf"),
        ("backup-wait", "9"),
        ("backup-wait", "86401"),
        ("backup-wait", "5m"),
        ("final-backup", "deny"),
        ("acme-email", "ops"),
        ("acme-email", "ops@example.org --staging"),
        ("acme-server", "http://acme.example.org/directory"),
        ("acme-server", "https://acme.example.org/directory --http.port 99"),
        ("dns-owner", "abc"),
        ("dns-owner", "a,host=b"),
        ("dns-provider", "bind"),
        ("dns-resolver", "ns.example.org"),
        ("dns-resolver", "192.0.2.53:0"),
        ("dns-resolver", "192.0.2.53:dns"),
        ("dns-zones", "example.org,"),
        ("dns-zones", "*.example.org"),
        ("dns-zones", "example.org."),
        ("server-ip", "2001:db8::7"),
        ("server-ip", "203.0.113.7/24"),
        ("server-ipv6", "203.0.113.7"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_right(layout: Layout, key: str, value: str) -> None:
    with pytest.raises(DeployError) as caught:
        write_setting(layout, "shop", key, value)
    assert (
        str(caught.value) == f'"{value}" is no value for {key}; it takes {SETTINGS[key].expected}'
    )
    assert read_settings(layout, "shop").values == {}


def test_an_unknown_key_is_refused_with_all_that_there_are(layout: Layout) -> None:
    with pytest.raises(DeployError, match=r"valid keys include: acme-email, .*, server-ipv6"):
        write_setting(layout, "shop", "../../etc", "allow")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("acme-email", "ops+tls@example.org"),
        ("acme-server", "staging"),
        ("acme-server", "https://127.0.0.1:14000/dir"),
        ("backup-wait", "86400"),
        ("dns-provider", "rfc2136"),
        ("dns-resolver", "127.0.0.1:5353"),
        ("dns-resolver", "2001:db8::53"),
        ("dns-zones", "example.org,xn--bcher-kva.example,org"),
        ("server-ip", "203.0.113.7"),
        ("server-ipv6", "2001:db8::7"),
    ],
)
def test_values_about_names_and_certificates(layout: Layout, key: str, value: str) -> None:
    write_setting(layout, GLOBAL, key, value)
    assert read_settings(layout, "shop")[key] == value


def test_a_named_setting_has_a_value_for_each_name(layout: Layout) -> None:
    for scope, name, value in (
        (GLOBAL, "nas", "deny"),
        (GLOBAL, "cloud", "deny"),
        ("shop", "nas", "allow"),
        ("shop", "a-1", "deny"),
    ):
        write_setting(layout, scope, f"backup-pruning.{name}", value)
    shop, blog = (read_settings(layout, app) for app in ("shop", "blog"))
    assert shop.named("backup-pruning") == {"a-1": "deny", "cloud": "deny", "nas": "allow"}
    assert blog.named("backup-pruning") == {"cloud": "deny", "nas": "deny"}
    assert shop.named("backup-target") == {}
    assert shop.digest != blog.digest
    write_setting(layout, GLOBAL, "backup-pruning.cloud", "")
    assert read_settings(layout, "blog").named("backup-pruning") == {"nas": "deny"}


@pytest.mark.parametrize("name", ["", "Nas", "1", "-a", "a.b", "../x", "a/b", "x" * 41, "a\n"])
def test_a_name_is_small_letters_digits_and_hyphens(layout: Layout, name: str) -> None:
    with pytest.raises(DeployError, match=r"Invalid key specified|takes a name first"):
        write_setting(layout, "shop", f"backup-pruning.{name}".rstrip("."), "deny")
    with pytest.raises(DeployError, match="Invalid key specified"):
        write_setting(layout, "shop", f"keep-runs.{name}", "3")


def test_a_name_is_one_that_an_app_can_give() -> None:
    schema = BACKUPS["backups"]["properties"]["target"]
    assert re.fullmatch(schema["pattern"], "a-1")
    assert re.fullmatch(NAME, "a" * schema["maxLength"])
    assert not re.fullmatch(NAME, "a" * (schema["maxLength"] + 1))


def test_settings_of_an_app_that_is_gone_are_forgotten(layout: Layout) -> None:
    write_setting(layout, "shop", "keep-runs", "3")
    write_setting(layout, "shop", "backup-wait", "60")
    assert forget_settings(layout, "shop") is None
    assert read_scope(layout, "shop") == {}
    assert forget_settings(layout, "blog") is None


def test_what_opens_the_backups_of_an_app_that_is_gone_is_put_aside(layout: Layout) -> None:
    own = {"backup-target.nas": "sftp:nas:/x", "backup-password.nas": "s3cret"}
    for word, value in {**own, "keep-runs": "3"}.items():
        write_setting(layout, "shop", word, value)
    aside = forget_settings(layout, "shop")
    assert aside is not None
    assert aside.is_relative_to(layout.data)
    assert {path.name: path.read_text() for path in aside.iterdir()} == own
    assert {stat.S_IMODE(path.stat().st_mode) for path in aside.iterdir()} == {0o600}
    assert not (layout.settings / "shop").exists()


SECRETS = [f"{k}{'.nas' * s.is_named}" for k, s in SETTINGS.items() if s.is_secret]


@pytest.mark.parametrize("word", SECRETS)
def test_a_secret_lies_in_a_file_that_only_we_can_read(layout: Layout, word: str) -> None:
    is_channel = word.startswith("alert-channel")
    value = "webhook:https://host/tops3cret\n" if is_channel else "TOKEN=tops3cret\n"
    write_setting(layout, GLOBAL, word, value)
    assert stat.S_IMODE((layout.settings / GLOBAL / word).stat().st_mode) == 0o600


def test_the_word_that_marks_records_is_made_up_once(layout: Layout) -> None:
    name_owner(layout)
    first = read_settings(layout, "shop")["dns-owner"]
    name_owner(layout)
    assert read_settings(layout, "shop")["dns-owner"] == first
    assert SETTINGS["dns-owner"].accepts(first)


def test_a_file_that_is_no_setting_is_not_read(layout: Layout) -> None:
    write_setting(layout, "shop", "keep-runs", "3")
    (layout.settings / "shop/.keep-runs.half").write_text("9")
    assert read_settings(layout, "shop").values == {"keep-runs": "3"}


def test_the_digest_changes_with_any_value_in_force(layout: Layout) -> None:
    digests = [read_settings(layout, "shop").digest]
    for scope, value in ((GLOBAL, "allow"), ("shop", "deny"), ("blog", "allow")):
        write_setting(layout, scope, "nginx-conf", value)
        digests.append(read_settings(layout, "shop").digest)
    assert len(set(digests[:3])) == 3
    assert digests[3] == digests[2], "the setting of another app"


def test_settings_are_for_us_alone(layout: Layout) -> None:
    write_setting(layout, "shop", "keep-runs", "3")
    path = layout.settings / "shop/keep-runs"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.settings.stat().st_mode) == 0o700

"""The hand-written pages say what is true: links, commands, scripts, files and examples exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import MODULES
from ansible_deploy.manifest import Manifest, load_manifest
from ansible_deploy.setting_table import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = ROOT / "ansible_collections/ansible_deploy/dokku"
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/*/*.md")})
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADED = re.compile(r"^```yaml\n(# deploy\.d/(\S+).*?)^```", re.MULTILINE | re.DOTALL)
MANIFESTS = re.compile(r"deploy(\.[a-z0-9-]+)?\.yml")


class NoVault:
    """No example of a page is encrypted."""

    def decrypt(self, text: str) -> str:  # noqa: ARG002
        """Never asked."""
        raise AssertionError("an example of a page holds an encrypted value")


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    prose = FENCE.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ +(.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_resolves(page: Path) -> None:
    prose = FENCE.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(found), f"{target} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_subcommand_exists(page: Path) -> None:
    subcommands = {path.name for path in (ROOT / "subcommands").iterdir()}
    text = page.read_text("utf-8")
    assert set(re.findall(r"ansible-deploy:([a-z][a-z-]*)", text)) <= subcommands


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_script_exists(page: Path) -> None:
    for script in re.findall(r"(?<![\w/])script/([a-z][a-z-]*)", page.read_text("utf-8")):
        assert (ROOT / "script" / script).is_file(), f"script/{script}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_setting_that_is_set_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    keys = set(re.findall(r"ansible-deploy:set \S+ ([a-z][a-z-]*)", text))
    assert keys <= set(SETTINGS)


EXAMPLES = [
    pytest.param(file, text, id=f"{name_of(page)}-{number}")
    for page in PAGES
    for number, (text, file) in enumerate(HEADED.findall(page.read_text("utf-8")), 1)
    if MANIFESTS.fullmatch(file)
]


@pytest.mark.parametrize(("file", "text"), EXAMPLES)
def test_every_manifest_on_a_page_is_valid(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text, "utf-8")
    assert isinstance(load_manifest(tmp_path, "shop", NoVault()), Manifest)


def test_the_readme_has_a_smallest_and_a_full_manifest() -> None:
    blocks = [text for text, _ in HEADED.findall((ROOT / "README.md").read_text("utf-8"))]
    sizes = sorted(len(text.splitlines()) for text in blocks)
    assert sizes[0] <= 4
    assert sizes[-1] >= 20


def test_the_help_names_the_subcommands() -> None:
    lines = (ROOT / "help.txt").read_text("utf-8").splitlines()
    named = {line.removeprefix("ansible-deploy:").split()[0].rstrip(",") for line in lines}
    assert named == {path.name for path in (ROOT / "subcommands").iterdir()} - {"default"}
    # `commands` makes two columns of it: what is called, a comma, what it does
    assert all(line.count(",") == 1 and line.index(",") <= 70 for line in lines)


def test_the_operating_page_has_every_setting_and_subcommand() -> None:
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    subcommands = {path.name for path in (ROOT / "subcommands").iterdir()} - {"default"}
    assert all(f"ansible-deploy:{word}" in text for word in subcommands)
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \| (?:`|none)", text, re.MULTILINE)) == set(SETTINGS)


def test_the_packaging_page_has_every_module_and_each_has_its_action() -> None:
    text = (ROOT / "docs/packaging.md").read_text("utf-8")
    modules = r"(?:dokku|dns|backup|monitoring|checked)_\w+"
    table = [line.split("|")[1] for line in text.splitlines() if re.match(rf"\| `{modules}", line)]
    assert set(re.findall(modules, "".join(table))) == set(MODULES)
    for folder in ("modules", "action"):
        found = {path.stem for path in (COLLECTION / "plugins" / folder).glob("*_*.py")}
        assert found == set(MODULES), folder


def test_the_files_and_functions_of_the_architecture_exist() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *COLLECTION.rglob("*.py")]
    text = FENCE.sub("", (ROOT / "docs/architecture.md").read_text("utf-8"))
    text = text.replace("widgets", "domains")  # the example of the page
    for word in re.findall(r"`([\w/.]+\.py)`", text):
        assert any(f"/{path.relative_to(ROOT)}".endswith(f"/{word}") for path in sources), word
    for module, function in re.findall(
        r"`(?:\w+/)?([a-z_]+)\.(?!(?:py|json|yml)`)([a-z_]+)`", text
    ):
        files = [path for path in sources if path.stem == module]
        found = any(re.search(rf"\b{function}\b", path.read_text("utf-8")) for path in files)
        assert found or not files, f"{module}.{function}"


def messages(page: Path) -> list[str]:
    """The first column of a page's table of messages."""
    tables = re.findall(
        r"^\| message \| .*\n\|.*\n((?:\|.*\n)+)", page.read_text("utf-8"), re.MULTILINE
    )
    rows = [row.split(" | ")[0] for table in tables for row in table.splitlines()]
    return [message for row in rows for message in re.findall(r"`([^`]+)`", row)]


def test_the_messages_that_pages_explain_are_ours() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *COLLECTION.rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in sources]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts = [(ROOT / "launch").read_text("utf-8"), *(str(node.value) for node in nodes)]
    found = [(page, message) for page in PAGES for message in messages(page)]
    assert len(found) > 20
    for page, message in found:
        for part in re.split(r"…|NAME|postgres shop-postgres|\bshop\b|\d+", message):
            words = part.strip(" :,")
            assert any(words in text for text in texts), f"{name_of(page)}: {message}"


def test_a_decision_is_short_and_dated() -> None:
    for page in sorted((ROOT / "docs/decisions").glob("*.md")):
        lines = page.read_text("utf-8").splitlines()
        assert len(lines) <= 40, page.name
        assert lines[0].startswith(f"# {page.name[:4]} "), page.name
        assert re.fullmatch(r"20\d\d-\d\d, (accepted|superseded by .+)\.", lines[2]), page.name

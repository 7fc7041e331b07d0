"""Every route, setting, command, option and key has its line in docs/."""

from __future__ import annotations

import re

import pytest

from labelbuddy_core.cli import parser
from labelbuddy_core.settings import ROOT, Settings
from labelbuddy_core.web.application import api

DOCS = ROOT / "docs"


def served() -> set[str]:
    """Every route as `METHOD path`."""
    paths = api().openapi()["paths"]
    found = {f"{method.upper()} /api{path}" for path, operations in paths.items() for method in operations}
    assert len(found) > 60
    return found


def test_the_api_page_lists_every_route_and_no_other() -> None:
    named = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \| .+ \|$", (DOCS / "api.md").read_text(), re.M)
    assert {f"{method} {path}" for method, path in named} == served()


def test_every_setting_is_in_the_settings_page() -> None:
    text = (DOCS / "settings.md").read_text()
    assert not [name for name in Settings.model_fields if f"`LABELBUDDY_{name.upper()}`" not in text]


def test_every_command_is_documented() -> None:
    pages = (
        "quick-start.md",
        "backup.md",
        "storage.md",
        "models.md",
        "agreement.md",
        "consensus.md",
        "reviewing.md",
        "importing-annotations.md",
        "formats.md",
        "releases.md",
        "training.md",
    )
    text = "".join((DOCS / page).read_text() for page in pages)
    (commands,) = [action for action in parser()._actions if action.choices and action.dest == "command"]
    assert not [name for name in commands.choices or () if name not in text]


def test_every_option_of_bin_run_is_documented() -> None:
    options = re.findall(r'add_argument\(\s*"(--[a-z-]+)"', (ROOT / "bin" / "run").read_text())
    assert len(options) >= 6
    text = (DOCS / "quick-start.md").read_text()
    assert not [option for option in options if f"`{option}`" not in text]


def test_every_key_binding_is_in_the_keys_page() -> None:
    folder = ROOT / "components/wavesurfer_component/frontend/src/editing"
    source = "".join((folder / name).read_text() for name in ("keys.ts", "list_keys.ts"))
    line = r'\{ keys: "([^"]+)", action: "[^"]+", group: msg\("[^"]+"\), says: msg\("([^"]+)"\)[^}]*\}'
    bindings = re.findall(line, source)
    assert len(bindings) == source.count("{ keys: ") > 80
    text = (DOCS / "keys.md").read_text()
    assert not [keys for keys, says in bindings if f"| `{keys}` | {says} |" not in text]


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (DOCS / page).read_text()):
        assert (DOCS / target).exists(), target


def test_links_in_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text()):
        assert (ROOT / target).exists(), target

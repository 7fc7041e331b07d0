"""The editor says what the server says in other languages: it knows every kind of error, and sentences word by word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from labelbuddy_core import errors
from labelbuddy_core.settings import ROOT

SOURCE = (ROOT / "components/wavesurfer_component/frontend/src/server_messages.ts").read_text(encoding="utf-8")
MODULES_OF_THE_EDITOR = (
    "annotations/handing_in",
    "annotations/own_annotations",
    "tasks/skipping",
    "agreement/consensus",
    "reviews/reviews",
    "reviews/reviewable",
)
"""Services whose every refusal an annotator or a reviewer may read in the editor."""
NOT_FROM_THE_EDITOR = {
    "The reason is longer than {} characters.",
    "Feedback is limited to {} characters.",
    "decision must be approve or reject.",
    "A region is decided twice.",
    "The annotation has no region {}.",
}
"""What the editor's fields do not let happen."""


def known(table: str) -> str:
    """The source of a table of the module."""
    start = SOURCE.index(f"export const {table}")
    return SOURCE[start : SOURCE.index("\n}" if table == "KINDS" else "\n]", start)]


def sentences() -> set[str]:
    return {re.sub(r"\{\w+\}", "{}", one) for one in re.findall(r'msg\("(.*)"\)', known("SENTENCES"))}


def texts_in(module: str) -> Iterator[str]:
    """Texts of a Python source; what is filled in is `{}`."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)


def refusals_in(module: str) -> set[str]:
    """What the errors that a Python source raises say, where that stands there."""
    kinds = {name for name, one in vars(errors).items() if isinstance(one, type)}
    said = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds and node.args:
            match node.args[0]:
                case ast.Constant(value=str(text)):
                    said.add(text)
                case ast.JoinedStr(values=values):
                    said.add("".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in values))
    return said


def test_every_kind_of_error_has_a_message() -> None:
    raised = {one.kind for one in vars(errors).values() if isinstance(one, type) and hasattr(one, "kind")}
    assert raised == set(re.findall(r'^  "?([a-z-]+)"?: msg', known("KINDS"), re.MULTILINE))


def test_the_sentences_that_are_translated_are_those_that_the_server_says() -> None:
    core = ROOT / "labelbuddy_core"
    files = [str(path.relative_to(ROOT)) for part in ("services", "domain") for path in (core / part).rglob("*.py")]
    said = {text for file in files for text in texts_in(file)}
    assert sentences() - said - _named(said) == set()


def _named(said: set[str]) -> set[str]:
    """Sentences about a thing whose kind the server fills in."""
    things = ("job",)
    return {f"There is no {thing} {{}}." for thing in things if "There is no {} {}." in said}


def test_whatever_handing_in_reviewing_and_skipping_refuse_is_translated() -> None:
    refused = {text for name in MODULES_OF_THE_EDITOR for text in refusals_in(f"labelbuddy_core/services/{name}.py")}
    assert len(refused) > 8
    assert refused - sentences() - NOT_FROM_THE_EDITOR == set()

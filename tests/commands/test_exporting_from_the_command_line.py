"""`labelbuddy export`: the bytes that the API answers, in a file, on the screen, or only what would be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labelbuddy_core.cli import main
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.exports import open_export


@pytest.fixture
def maria(
    make_user: Callable[..., Actor],
    make_project: Callable[..., str],
    add_task: Callable[..., str],
    add_annotation: Callable[..., str],
) -> Actor:
    """The manager of Birds, in which anna handed one annotation in."""
    manager, anna = make_user("maria"), make_user("anna")
    project = make_project(name="Birds", managers=(manager,), annotators=(anna,))
    add_annotation(add_task(project, name="song.wav", annotators=(anna,)), anna, state="submitted")
    add_annotation(add_task(project, name="call.wav", annotators=(anna,)), anna, state="draft")
    return manager


def test_the_file_has_what_the_api_answers(
    maria: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    opened = open_export(maria, 1, format_name="jsonl", which="submitted")
    expected = b"".join(opened.blocks)
    assert expected.count(b"\n") == 1
    assert main(["export", "Birds", "jsonl", "--as", "maria", "--which", "submitted"]) == 0
    assert Path(opened.file_name).read_bytes() == expected
    assert capsys.readouterr().out == f"{opened.file_name}: {len(expected):,} bytes\n"


def test_a_file_that_is_there_is_never_overwritten(maria: Actor, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    assert main(["export", "1", "csv", "--as", "maria", "--out", str(out)]) == 0
    before = out.read_bytes()
    assert main(["export", "1", "jsonl", "--as", "maria", "--out", str(out)]) == 1
    assert out.read_bytes() == before
    assert [one.name for one in tmp_path.glob("labels*")] == ["labels.csv"]


def test_it_goes_to_the_screen_and_tells_what_a_format_loses(
    maria: Actor, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", "1", "jsonl", "--as", "maria", "--out", "-"]) == 0
    assert capfdbinary.readouterr().out == b"".join(open_export(maria, 1, format_name="jsonl").blocks)
    assert main(["export", "1", "rttm", "--as", "maria", "--losses"]) == 0
    assert b"never in this format: " in capfdbinary.readouterr().out


def test_only_managers_export(maria: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "1", "csv", "--as", "anna", "--out", str(tmp_path / "a.csv")]) == 1
    assert "allow" in capsys.readouterr().err
    assert not list(tmp_path.glob("a.csv*"))

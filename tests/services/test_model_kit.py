"""`labelbuddy model new` makes a model that runs; `labelbuddy model check` says whether one keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from labelbuddy_core import cli
from labelbuddy_core.errors import Invalid
from labelbuddy_core.inference.specification import parse_specification
from labelbuddy_core.services.models.model_kit import new_model


@pytest.fixture
def hum(tmp_path: Path) -> Path:
    return new_model("hum", tmp_path)


def test_the_new_model_keeps_the_contract_and_learns(
    hum: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["model", "check", str(hum), "--train"]) == 0
    said = capsys.readouterr().out
    assert "kept   the run succeeds" in said
    assert said.splitlines()[-1].startswith("All ")
    assert "BROKEN" not in said


def test_a_broken_model_is_named_sentence_by_sentence(
    hum: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (hum / "model.py").read_text()
    (hum / "model.py").write_text(code.replace("score = 0.9", "score = 7.0"))
    assert cli.main(["model", "check", str(hum)]) == 1
    said = capsys.readouterr().out
    assert "BROKEN regions and tags of 7 s of WAV have labels of /info and scores from 0 to 1" in said
    assert "are broken." in said.splitlines()[-1]


def test_a_model_that_does_not_start_says_why(hum: Path, data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (hum / "model.py").write_text("raise SystemExit('no such weights')\n")
    assert cli.main(["model", "check", str(hum)]) == 1
    assert "no such weights" in capsys.readouterr().err


def test_its_specification_can_be_declared(hum: Path) -> None:
    specification = parse_specification((hum / "model.yaml").read_text())
    assert (specification.image, specification.labels, specification.training.supported) == ("hum:1", ["sound"], True)


def test_what_a_researcher_writes_is_short(hum: Path) -> None:
    code = (hum / "model.py").read_text().split("class Model:")[1].split("\ndef ")[0]
    assert len([line for line in code.splitlines() if line.strip() and '"""' not in line]) <= 35


def test_a_folder_that_exists_is_left_alone(hum: Path) -> None:
    with pytest.raises(Invalid, match="exists already"):
        new_model("hum", hum.parent)


@pytest.mark.parametrize("name", ["Hum", "1hum", "h", "../hum", "hum hum", "h" * 41])
def test_a_name_that_no_image_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="2 to 40"):
        new_model(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("target", "message"), [("missing.yaml", "cannot be read"), (".", r"has no model\.py")])
def test_a_target_that_is_nothing_is_refused(
    target: str,
    message: str,
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["model", "check", target]) == 1
    assert message.replace("\\", "") in capsys.readouterr().err

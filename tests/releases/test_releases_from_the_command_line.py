"""`labelbuddy release …`: make, list, compare, download, verify, withdraw."""

from __future__ import annotations

from pathlib import Path

import pytest
from studio import Studio

from labelbuddy_core.cli import main


def test_releases_are_made_compared_downloaded_checked_and_withdrawn(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str, status: int = 0) -> str:
        assert main(["release", *arguments]) == status
        return capsys.readouterr().out

    make = ("make", "Street sounds", "--as", "maria", "--format", "csv", "--group-by", "artist", "--test", "0.25")
    (task,) = studio.record("secret.wav", 1, consent="no")
    studio.annotate(task, ("r1", 1.0, 2.0, "dog"))
    told = said(*make, "1.0")
    assert "1: Street sounds 1.0, published" in told
    assert "left out: 1 task: consent is refused, withdrawn or pending" in told
    studio.annotate("1", ("r1", 0.25, 1.0, "dog"), ("r2", 1.25, 1.5, "music"))
    said(*make, "1.1")
    changed = said("diff", "1", "2", "--as", "maria")
    assert "song 0.wav 0.250–1.000 s: region relabeled: Speech → Dog" in changed
    table = tmp_path / "changes.csv"
    assert said("diff", "1", "2", "--as", "maria", "--kind", "moved", "--csv", str(table)).endswith("1 relabeled\n")
    assert table.read_text("utf-8-sig").splitlines() == ["change,what,recording,start,stop,annotator,before,after,task"]
    file = str(tmp_path / "sounds.zip")
    said("download", "2", file, "--as", "maria")
    assert "Every file is as it was published." in said("verify", file)
    Path(file).write_bytes(b"PK")
    said("verify", file, status=1)
    said("withdraw", "1", "A typo", "--as", "maria")
    assert "1: Street sounds 1.0, withdrawn" in said("list", "Street sounds", "--as", "maria")
    assert main(["release", "list", "Street sounds", "--as", "anna"]) == 1
    assert "does not allow you to make releases" in capsys.readouterr().err

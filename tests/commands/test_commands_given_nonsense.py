"""Every command of `labelbuddy` answers nonsense with one readable line and a status, never with a traceback."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labelbuddy_core.cli import main, parser
from labelbuddy_core.services.actors import Actor

NONSENSE = (
    "backup {gone}/b.tar",
    "backup {file}",
    "restore {gone}",
    "restore {file}",
    "restore {folder}",
    "storage polish",
    "model new A!",
    "model new birds --into {file}",
    "model check {gone}.yaml",
    "model check {file}.yaml",
    "model check ftp://nowhere",
    "model check {folder}",
    "model fetch nothing",
    "model fetch musicnn --revision main",
    "user add",
    "user add otto",
    "user add maria",
    "user password nobody",
    "secret set",
    "secret set ../x",
    "secret set KEY",
    "secret remove ../x",
    "import-annotations Birds {gone} --as maria",
    "import-annotations Birds {folder} --as maria",
    "import-annotations Nowhere {file} --as maria",
    "import-annotations Birds {file} --as nobody",
    "import-annotations Birds {file} --as maria --state wild",
    "import-annotations Birds {file} --as maria --column bogus",
    "import-annotations Birds {file} --as maria --column bogus=x",
    "import-annotations Birds --as maria",
    "import-annotations Birds --as maria --undo x",
    "import-annotations Birds --as maria --undo 99999999999999999999999",
    "release make Birds",
    "release make Nowhere 1.0 --as maria",
    "release make Birds !! --as maria",
    "release make Birds 1.0 --as maria --test 7",
    "release make Birds 1.0 --as maria --test nan",
    "release make Birds 1.0 --as maria --seed -1",
    "release make Birds 1.0 --as maria --group-by artst",
    "release make Birds 1.0 --as maria --sample-rate 16000",
    "release make Birds 1.0 --as maria",
    "release list Nowhere --as maria",
    "release list Birds --as nobody",
    "release download 7 {folder}/x.zip --as maria",
    "release download x {folder}/x.zip --as maria",
    "release diff 1 2 --as maria",
    "release diff x y --as maria",
    "release diff 1 2 --as maria --csv {file}",
    "release withdraw 7 typo --as maria",
    "release verify {gone}",
    "release verify {folder}",
    "sample cooking --as maria",
    "sample --as nobody",
    "sample --as nobody --remove",
    "agreement Nowhere",
    "agreement Birds --report {gone}/a.pdf",
    "agreement Birds --report {folder}/a.doc",
    "agreement Birds --report {folder}",
    "agreement Birds --step 0",
    "agreement Birds --step nan",
    "agreement Birds --overlap 3",
    "agreement Birds --gamma -4",
    "agreement Birds --since yesterday",
    "export Nowhere csv --as maria",
    "export Birds csv --as nobody",
    "export Birds word --as maria",
    "export Birds csv --as maria --which some",
    "export Birds csv --as maria --out {file}",
    "export Birds csv --as maria --out {gone}/a.csv",
    "export Birds csv --as maria --out {folder}",
    "consensus Nowhere --as maria",
    "consensus Birds --as nobody",
    "consensus Birds --as maria --method magic",
    "reviews Nowhere --as maria",
    "reviews Birds --as nobody",
    "train Nowhere 1 --as maria",
    "train Birds nothing --as maria",
    "train Birds 99 --as maria --preview",
    "train Birds 1 --as maria --set epochs",
    "train Birds 1 --as maria --set epochs=many",
    "train Birds 1 --as maria --learn x",
    "train Birds 1 --as maria --test 9",
    "nonsense",
    "",
)
"""Commands; {gone} is a path that does not exist, {file} one of a text, {folder} an empty folder."""


@pytest.fixture
def paths(
    make_user: Callable[..., Actor], make_project: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """A project Birds without recordings, whose manager is maria; nobody is at the keyboard."""
    make_project(name="Birds", managers=(make_user("maria"),))
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    monkeypatch.delenv("LABELBUDDY_NEW_PASSWORD", raising=False)
    file, folder = tmp_path / "file.txt", tmp_path / "folder"
    file.write_text("nonsense")
    (tmp_path / "file.txt.yaml").write_text("- nonsense")
    folder.mkdir()
    return {"gone": tmp_path / "gone", "file": file, "folder": folder}


def test_nonsense_is_answered_with_one_line_and_a_status(
    paths: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for given in NONSENSE:  # in one installation, for nothing of this changes anything in it
        try:
            status = main([word.format(**paths) for word in given.split()])
        except SystemExit as left:  # by argparse, which prints the usage too
            status = left.code
        except Exception as error:
            status = repr(error)
        said = capsys.readouterr()
        told = (said.err or said.out).strip().splitlines()
        usage = status == 2 and "error: " in told[-1]
        if not usage and (status != 1 or len(told) != 1 or len(told[0]) < 10):
            wrong.append((given, status, told))
    assert not wrong


def test_every_command_is_tried_with_nonsense() -> None:
    (actions,) = (one.choices for one in parser()._actions if one.dest == "command")
    assert set(actions or ()) - {given.partition(" ")[0] for given in NONSENSE} == {"version"}


def test_the_password_of_a_new_person_comes_from_standard_input(
    paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long enough password\n"))
    assert main(["user", "add", "otto"]) == 0

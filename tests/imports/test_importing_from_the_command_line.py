"""`labelbuddy import-annotations`: a dry run, the import, what could not be taken, and undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from labelbuddy_core.cli import main
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationImport, AnnotationItem
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports_at_once


@pytest.fixture
def labels(
    make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str], tmp_path: Path
) -> Path:
    """A file of labels for a recording of the project Birds, whose manager is maria."""
    project = make_project(name="Birds", managers=(make_user("maria"),))
    add_task(project, name="song.wav")
    path = tmp_path / "song.txt"
    path.write_text("1\t2\tDog\n3\tx\tDog\n")
    return path


def items() -> int:
    with get_database().read() as session:
        return session.scalar(select(func.count()).select_from(AnnotationItem)) or 0


def test_a_dry_run_tells_and_changes_nothing(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-annotations", "Birds", str(labels), "--as", "maria", "--dry-run"]) == 1
    told = capsys.readouterr().out
    assert "song.txt: Line 2, end: expected a number, found 'x'." in told
    assert "1 would be added, 0 there already, 1 problem(s)" in told
    assert items() == 0


def test_it_is_imported_once_and_taken_back(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels.write_text("1\t2\tDog\n")
    assert main(["import-annotations", "Birds", str(labels), "--as", "maria", "--author", "Lab 2019"]) == 0
    assert main(["import-annotations", "1", str(labels), "--as", "maria", "--author", "Lab 2019"]) == 0
    assert "0 added, 1 there already" in capsys.readouterr().out
    assert items() == 1
    assert main(["import-annotations", "Birds", "--as", "maria", "--undo", "1"]) == 0
    assert items() == 0


def test_undo_takes_no_files(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-annotations", "Birds", "--as", "maria", "--undo", "3", str(labels)]) == 1
    assert "--undo takes back one import and reads no files" in capsys.readouterr().err


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "song.txt" for folder in ("0", "1", "x/2", "y/2")] + [tmp_path / "other.txt"]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1\t2\tDog\n")
    linked = tmp_path / "street.txt"
    linked.symlink_to(paths[0])
    names = annotation_imports_at_once._names([*paths[:1], *paths[1:], paths[1]])
    assert list(names) == ["0/song.txt", "1/song.txt", "2/song.txt", "y/2/song.txt", "other.txt"]
    assert list(annotation_imports_at_once._names([linked])) == ["street.txt"]


def test_files_of_one_name_from_different_folders_are_all_imported(labels: Path, tmp_path: Path) -> None:
    other = tmp_path / "more" / labels.name
    other.parent.mkdir()
    labels.write_text("1\t2\tDog\n")
    other.write_text("3\t4\tDog\n")
    assert main(["import-annotations", "Birds", str(labels), str(other), str(labels), "--as", "maria"]) == 0
    assert items() == 2


def test_files_may_stand_after_the_options(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels.write_text("1\t2\tDog\n")
    assert main(["import-annotations", "Birds", "--as", "maria", str(labels)]) == 0
    assert items() == 1
    with pytest.raises(SystemExit):
        main(["import-annotations", "Birds", "--as", "maria", str(labels), "--polish"])
    with pytest.raises(SystemExit):
        main(["storage", "verify", str(labels)])
    assert capsys.readouterr().err.count("unrecognized arguments: ") == 2


def test_a_dry_run_and_a_refused_import_leave_no_import_behind(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import-annotations", "Birds", str(labels), "--as", "maria", "--dry-run"])
    assert main(["import-annotations", "Birds", str(tmp_path / "gone.txt"), "--as", "maria"]) == 1
    with get_database().read() as session:
        assert session.scalar(select(func.count()).select_from(AnnotationImport)) == 0
    assert "Dry run: 1 would be added" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "told"),
    [([], "Name the files to import"), (["{file}", "--column", "bogus"], "--column takes FIELD=NAME")],
)
def test_nothing_is_imported_where_nothing_is_named_or_a_column_is_half_said(
    labels: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    words = [one.format(file=labels) for one in more]
    assert main(["import-annotations", "Birds", *words, "--as", "maria"]) == 1
    assert capsys.readouterr().err.startswith(told)
    with get_database().read() as session:
        assert session.scalar(select(func.count()).select_from(AnnotationImport)) == 0


def test_only_a_manager_imports_and_files_must_be_there(labels: Path, make_user: Callable[..., Actor]) -> None:
    make_user("otto")
    for words in (["--as", "otto"], ["--as", "nobody"]):
        assert main(["import-annotations", "Birds", str(labels), *words]) == 1
    assert main(["import-annotations", "Birds", str(labels.with_name("gone.txt")), "--as", "maria"]) == 1
    assert main(["import-annotations", "Nowhere", str(labels), "--as", "maria"]) == 1

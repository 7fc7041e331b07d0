"""Text files of old programs are read in the encoding that somebody names; Unicode is told without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labelbuddy_core.cli import main
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_imports
from labelbuddy_core.services.projects import projects
from tests.imports.import_lab import Lab

FILES = {
    "csv": "file,start,end,label\nsong.wav,1,2,Käse\n",
    "txt": "1\t2\tKäse\n",
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nKäse\n",
    "TextGrid": '"ooTextFile"\n"TextGrid"\n0\n9\n<exists>\n1\n"IntervalTier"\n"w"\n0\n9\n1\n1\n2\n"Käse"\n',
}


@pytest.fixture
def lab(make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str]) -> Lab:
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    return Lab(manager, anna, project, {"song": add_task(project, name="song.wav")})


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
@pytest.mark.parametrize("suffix", list(FILES))
def test_a_file_is_refused_with_the_remedy_and_read_once_its_encoding_is_chosen(
    lab: Lab, suffix: str, encoding: str
) -> None:
    lab.add(**{f"song__{suffix}": FILES[suffix].encode(encoding)})
    assert lab.do("check")["new"] == 0
    ((_, _, reason),) = lab.problems()
    assert "is not UTF-8 text" in reason
    assert "save it as UTF-8, or choose its encoding" in reason
    report = lab.do("check", encoding=encoding)
    assert (report["new"], report["problems"]) == (1, 0)
    lab.do("apply", encoding=encoding)
    (found,) = lab.documents().values()
    (region,) = found["document"]["regions"]
    names = [label["name"] for label in projects.get_project(lab.manager, lab.project)["labels"]]
    assert region["text"] == "Käse" or "Käse" in names


def test_unicode_is_told_beside_files_of_a_chosen_encoding(lab: Lab) -> None:
    texts = {"utf-8": "1\t2\tKäse\n", "utf-8-sig": "3\t4\tKäse\n", "utf-16": "5\t6\tKäse\n", "cp1252": "7\t8\tKäse\n"}
    lab.add(**{f"song__a{number}__txt": text.encode(name) for number, (name, text) in enumerate(texts.items())})
    report = lab.do("check", encoding="cp1252")
    assert (report["new"], report["problems"]) == (4, 0)
    assert [one["name"] for one in report["labels"]] == ["Käse"]


def test_an_encoding_that_does_not_fit_is_refused_and_so_is_an_unknown_one(lab: Lab) -> None:
    lab.add(song__txt=b"1\t2\tK\x81se\n")
    lab.do("check", encoding="cp1252")
    assert lab.problems() == [
        ("song.txt", "", "The file is neither UTF-8 nor cp1252 text (byte 5); choose another encoding.")
    ]
    for wrong in ("ebcdic", ["cp1252"]):
        with pytest.raises(Invalid, match="encoding must be one of utf-8, cp1252"):
            annotation_imports.start(lab.manager, lab.number, "check", {"encoding": wrong})
    with pytest.raises(InvalidState, match="check the import again first"):
        annotation_imports.start(lab.manager, lab.number, "apply", {"encoding": "latin-1"})


def test_the_command_line_takes_an_encoding(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "song.txt"
    path.write_bytes("1\t2\tKäse\n".encode("mac-roman"))
    assert main(["import-annotations", lab.project, str(path), "--as", "manager", "--encoding", "mac-roman"]) == 0
    assert "1 added" in capsys.readouterr().out

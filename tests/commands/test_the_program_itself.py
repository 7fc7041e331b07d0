"""`bin/labelbuddy` as a person calls it, from wherever they are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from labelbuddy_core.settings import ROOT


def test_files_are_those_of_the_folder_where_it_is_called(data_folder: Path, tmp_path: Path) -> None:
    here = tmp_path / "elsewhere"
    here.mkdir()
    (here / "csv.py").write_text("raise SystemExit('not of the program')")
    environment = {**os.environ, "LABELBUDDY_DATA": os.path.relpath(data_folder, ROOT)}  # as bin/run takes it
    done = subprocess.run(
        [ROOT / "bin" / "labelbuddy", "backup", "lab.tar"], cwd=here, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (here / "lab.tar").stat().st_size > 0
    assert not (ROOT / "lab.tar").exists()

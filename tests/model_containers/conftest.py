"""Weights of the models, and reference values of the original networks."""

from __future__ import annotations

import os
import site
import subprocess
import venv
from pathlib import Path

import pytest
from running_models import ROOT, WEIGHTS

from model_containers.musicnn import fetch


@pytest.fixture(scope="session")
def weights() -> Path:
    """Folder of musicnn's published weights, fetched if they are not there."""
    try:
        fetch.fetch(WEIGHTS)
    except RuntimeError as error:
        pytest.skip(f"no weights of musicnn: {error}")
    return WEIGHTS


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder with the reference values of the original network (LABELBUDDY_FIXTURES, else beside the repository)."""
    folder = Path(os.environ.get("LABELBUDDY_FIXTURES") or ROOT.parent / "shared" / "fixtures") / "musicnn"
    if not (folder / "music30_reference.npz").exists():
        pytest.skip(f"no reference values of the original network in {folder}; set LABELBUDDY_FIXTURES")
    return folder


@pytest.fixture(scope="session")
def transformers_python() -> Path:
    """Python with what model_containers/audio_language needs: LABELBUDDY_TRANSFORMERS_PYTHON, else made once in .cache.

    It sees the packages of the tests, PyTorch among them, so that only transformers and its kin are installed (190 MB).
    """
    given = os.environ.get("LABELBUDDY_TRANSFORMERS_PYTHON")
    if given:
        return Path(given)
    folder = ROOT / ".cache" / "transformers"
    wanted = (ROOT / "model_containers" / "audio_language" / "requirements.txt").read_text()
    done, python = folder / "installed.txt", folder / "bin" / "python"
    if done.exists() and done.read_text() == wanted:
        return python
    venv.create(folder, with_pip=True)
    (place,) = folder.glob("lib/python3*/site-packages")
    (place / "labelbuddy.pth").write_text("\n".join(site.getsitepackages()))
    packages = [one for one in wanted.split() if one.startswith(("accelerate", "bitsandbytes", "transformers"))]
    made = subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"transformers cannot be installed here: {made.stderr.strip().splitlines()[-1][:200]}")
    done.write_text(wanted)
    return python

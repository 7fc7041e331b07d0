"""Weights of the models, and reference values of the original networks."""

from __future__ import annotations

import os
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

"""Serve musicnn: `python -m model_containers.musicnn`, weights from the folder `LABELBUDDY_WEIGHTS`."""

from __future__ import annotations

import os
from pathlib import Path

from model_containers.musicnn.app import MusicnnModel
from model_containers.serving import serve

if __name__ == "__main__":
    data = Path(os.environ.get("LABELBUDDY_DATA", "/data"))
    folder = Path(os.environ.get("LABELBUDDY_WEIGHTS", str(data)))
    serve(MusicnnModel(folder, os.environ.get("LABELBUDDY_VARIANT", "MTT").upper(), data))

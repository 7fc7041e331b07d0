"""Serve PANNs: `python -m model_containers.panns`; `LABELBUDDY_VARIANT` names a checkpoint in `LABELBUDDY_WEIGHTS`."""

from __future__ import annotations

import os
from pathlib import Path

from model_containers.panns.app import PannsModel
from model_containers.serving import serve

if __name__ == "__main__":
    data = Path(os.environ.get("LABELBUDDY_DATA", "/data"))
    folder = Path(os.environ.get("LABELBUDDY_WEIGHTS", str(data)))
    serve(PannsModel(folder, os.environ.get("LABELBUDDY_VARIANT", ""), data))

"""Serve the experimental YOHO: `python -m model_containers.yoho.experimental`."""

from __future__ import annotations

import os
from pathlib import Path

from model_containers.serving import serve
from model_containers.yoho.app import YohoModel
from model_containers.yoho.experimental import WEIGHTS

if __name__ == "__main__":
    serve(YohoModel(WEIGHTS, Path(os.environ.get("LABELBUDDY_DATA", "/data"))))

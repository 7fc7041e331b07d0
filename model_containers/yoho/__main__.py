"""Serve YOHO: `python -m model_containers.yoho`; weights are in `LABELBUDDY_WEIGHTS`, or were learned."""

from __future__ import annotations

import os
from pathlib import Path

from model_containers.serving import serve
from model_containers.yoho.app import YohoModel

if __name__ == "__main__":
    data = Path(os.environ.get("LABELBUDDY_DATA", "/data"))
    serve(YohoModel(Path(os.environ.get("LABELBUDDY_WEIGHTS", str(data))), data))

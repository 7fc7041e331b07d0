"""Serve the baselines: `python -m model_containers.baseline`."""

from __future__ import annotations

from model_containers.baseline.app import BaselineModel
from model_containers.serving import serve

if __name__ == "__main__":
    serve(BaselineModel())

"""Code that misbehaves as the request says, run in the sandbox by `test_sandbox`."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any

from labelbuddy_core.audio.sandbox import Progress
from labelbuddy_core.audio.sandbox_server import serve
from labelbuddy_core.errors import AudioProblem

_asked: list[str] = []


def main(request: dict[str, Any], on_progress: Progress) -> dict[str, Any]:
    kind = request["kind"]
    _asked.append(kind)
    if kind == "sleep":
        on_progress(0.5)
        time.sleep(60)
    elif kind == "burn":
        while True:
            pass
    elif kind == "fill":
        return {"size": len(bytes(1 << 32))}
    elif kind == "crash":
        ctypes.string_at(0)
    elif kind == "complain":
        raise AudioProblem("It hums.")
    return {"process": os.getpid(), "server": os.getppid(), "asked": _asked, "environment": sorted(os.environ)}


if __name__ == "__main__":
    serve(main)

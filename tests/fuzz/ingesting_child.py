"""Ingests the files whose paths come on standard input, one answer a line; the limits are those of the sandbox."""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
from pathlib import Path

from labelbuddy_core.audio.ingest import derive
from labelbuddy_core.errors import AudioProblem

MEMORY = 2 * 1024**3


def outcome(path: Path, folder: Path) -> dict[str, object]:
    """What becomes of one file."""
    try:
        found = derive(path, folder, lambda _: None)
    except AudioProblem as problem:
        return {"outcome": "refused", "says": problem.detail}
    except OSError as error:
        return {"outcome": "refused", "says": f"The file could not be processed: {error.strerror or error}."}
    except Exception as error:
        return {"outcome": "exception", "says": f"{type(error).__name__}: {error}"}
    return {"outcome": "accepted in part" if found.warning else "accepted", "says": found.warning or ""}


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin:
        folder = Path(tempfile.mkdtemp())
        print(json.dumps(outcome(Path(line.strip()), folder)), flush=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

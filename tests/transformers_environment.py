"""One environment with transformers for all tests that want it: tiny models of its classes, and `transformers serve`.

It is made once in `.cache/transformers`, unless LABELBUDDY_TRANSFORMERS_PYTHON names the Python of one that has what
`model_containers/audio_language/requirements.txt` asks for, and the server of transformers.
"""

from __future__ import annotations

import fcntl
import os
import site
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "model_containers" / "audio_language" / "requirements.txt"
PACKAGES = ("accelerate", "bitsandbytes", "transformers")


def python() -> Path:
    """Its Python. It sees the packages of the tests, PyTorch among them: only transformers and its kin are installed.

    Skips the test where they cannot be.
    """
    given = os.environ.get("LABELBUDDY_TRANSFORMERS_PYTHON")
    if given:
        return Path(given)
    pytest.importorskip("torch", reason="SKIPPED transformers: PyTorch is not installed here")
    folder = ROOT / ".cache" / "transformers"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:  # another process of the tests may be making it
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _made(folder)


def _made(folder: Path) -> Path:
    wanted = packages()
    done, found = folder / "installed.txt", folder / "bin" / "python"
    if done.exists() and done.read_text() == "\n".join(wanted):
        return found
    venv.create(folder, with_pip=True, clear=True)
    (place,) = folder.glob("lib/python3*/site-packages")
    (place / "tests.pth").write_text("\n".join(site.getsitepackages()))
    made = subprocess.run([str(found), "-m", "pip", "install", "-q", *wanted], capture_output=True, text=True)
    if made.returncode:
        reason = made.stderr.strip().splitlines()[-1][:200]
        pytest.skip(f"SKIPPED transformers: it cannot be installed here ({reason})")
    done.write_text("\n".join(wanted))
    return found


def packages() -> list[str]:
    """What is installed, in the versions of the container; transformers with its server."""
    pinned = [one for one in REQUIREMENTS.read_text().split() if one.startswith(PACKAGES)]
    return [one.replace("transformers==", "transformers[serving]==") for one in pinned]

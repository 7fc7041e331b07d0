"""Get the weights: `python -m model_containers.musicnn.fetch --to FOLDER [--wheel FILE]`.

The wheel comes from the package index that pip is set up for, its hash is pinned, and it is read as a ZIP, not
installed. Does nothing when the weights are there already.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.numpy import save_file

from model_containers.musicnn import weights

REQUIREMENT = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"


def fetch(folder: Path, wheel: Path | None = None) -> bool:
    """Put the weights of every variant into a folder; returns whether anything had to be done.

    Raises `RuntimeError` when the wheel cannot be had or is not the expected one.
    """
    missing = [variant for variant in weights.VARIANTS if not (folder / weights.file_name(variant)).exists()]
    if not missing:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        source = wheel or _download(Path(temporary))
        if hashlib.sha256(source.read_bytes()).hexdigest() != SHA256:
            raise RuntimeError(f"{source.name} is not the published wheel of {REQUIREMENT}")
        for variant in missing:
            part = folder / f"{weights.file_name(variant)}.part"
            save_file(weights.from_wheel(source, variant), part, metadata=weights.about(variant))
            part.replace(folder / weights.file_name(variant))
    return True


def _download(folder: Path) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{REQUIREMENT} --hash=sha256:{SHA256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    finished = subprocess.run(
        [*command, "--require-hashes", "-r", str(requirements), "-d", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = list(folder.glob("*.whl"))
    if finished.returncode or not found:
        raise RuntimeError(f"{REQUIREMENT} could not be downloaded: {finished.stderr.strip()[-500:]}")
    return found[0]


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Get the weights of musicnn.")
    parser.add_argument("--to", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--wheel", type=Path, help="the wheel of musicnn 0.1.0, if it is here already")
    options = parser.parse_args()
    try:
        fetch(options.to, options.wheel)
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"The weights of musicnn are not available: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

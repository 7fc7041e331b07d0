"""Get a published checkpoint: `python -m model_containers.panns.fetch NAME --to FOLDER [--file FILE]`.

A download that broke off goes on where it stopped. A file counts only when its checksum is the known one; `--file`
takes one that was downloaded elsewhere. Does nothing when the checkpoint is there already.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from model_containers import downloads
from model_containers.downloads import DownloadError
from model_containers.panns.checkpoints import CHECKPOINTS, Checkpoint, checkpoint


def fetch(wanted: Checkpoint, folder: Path, *, url: str | None = None, file: Path | None = None) -> bool:
    """Put a checkpoint into a folder; returns whether that was needed. Raises `DownloadError`."""
    target = folder / wanted.file
    if not wanted.digest:
        raise DownloadError(f"its checksum is not known here: get {wanted.url} yourself and put it into {folder}")
    known = downloads.Wanted(url or wanted.url, wanted.algorithm, wanted.digest, wanted.size)
    if file is None:
        return downloads.fetch(known, target, told=downloads.progress(wanted.file))
    if target.exists() and downloads.is_intact(target, known):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(file, part)
    downloads.keep(part, target, known)
    return True


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Get a published checkpoint of PANNs.")
    parser.add_argument("name", choices=[one.name for one in CHECKPOINTS])
    parser.add_argument("--to", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--file", type=Path, help="the checkpoint, if it was downloaded already")
    options = parser.parse_args(arguments)
    wanted = checkpoint(options.name)
    try:
        fetch(wanted, options.to, file=options.file)
    except (DownloadError, OSError) as error:
        sys.stderr.write(f"{wanted.file} is not available: {error}\n")
        return 1
    sys.stdout.write(f"{options.to / wanted.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

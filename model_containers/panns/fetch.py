"""Get a published checkpoint: `python -m model_containers.panns.fetch NAME --to FOLDER [--file FILE]`.

A download that broke off goes on where it stopped. A file counts only when its checksum is the known one; `--file`
takes one that was downloaded elsewhere. Does nothing when the checkpoint is there already.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from model_containers.panns.checkpoints import CHECKPOINTS, Checkpoint, checkpoint

_BLOCK = 1 << 20
_ATTEMPTS = 5
_TIMEOUT = 60.0


class FetchError(RuntimeError):
    """The checkpoint cannot be had; the message says why."""


def fetch(wanted: Checkpoint, folder: Path, *, url: str | None = None, file: Path | None = None) -> bool:
    """Put a checkpoint into a folder; returns whether that was needed. Raises `FetchError`."""
    target = folder / wanted.file
    if target.exists() and is_intact(target, wanted):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    if file is not None:
        shutil.copyfile(file, part)
    else:
        _download(url or wanted.url, part)
    if not is_intact(part, wanted):
        part.unlink()
        raise FetchError(f"what was received is not {wanted.file}: its {wanted.algorithm} differs; nothing was kept")
    part.replace(target)
    return True


def is_intact(path: Path, wanted: Checkpoint) -> bool:
    """Whether a file has the checksum of the checkpoint."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, wanted.algorithm).hexdigest() == wanted.digest


def _download(url: str, part: Path) -> None:
    """Into `part`, behind what is there of it already; a broken connection is tried again after a pause."""
    reason = ""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if _received(url, part):
                return
            reason = "the connection ended too early"
        except urllib.error.HTTPError as error:
            raise FetchError(f"{url} answers {error.code} {error.reason}") from None
        except (OSError, urllib.error.URLError) as error:
            reason = str(getattr(error, "reason", error))
        if attempt < _ATTEMPTS:
            time.sleep(min(2.0 ** (attempt - 2), 8.0))
    raise FetchError(f"{url} could not be downloaded ({reason}); run it again to go on")


def _received(url: str, part: Path) -> bool:
    """Ask once for what is missing; returns whether all of it came."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
            goes_on = response.status == 206
            expected = response.headers.get("Content-Length")
            begun = have if goes_on else 0
            with part.open("ab" if goes_on else "wb") as file:
                shutil.copyfileobj(response, file, _BLOCK)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is missing; the checksum tells
            return True
        raise
    return expected is None or part.stat().st_size == begun + int(expected)


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
    except (FetchError, OSError) as error:
        sys.stderr.write(f"{wanted.file} is not available: {error}\n")
        return 1
    sys.stdout.write(f"{options.to / wanted.file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

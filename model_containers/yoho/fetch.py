"""Get the published weights: `python -m model_containers.yoho.fetch --to FOLDER`; they are converted once.

`models/YOHO-music-speech.h5` of its authors' repository (MIT, © 2021 Satvik Venkatesh). Of its checksum only the
beginning is known to us, as git counts it: it tells damage, not malice; the file is read as data.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model_containers import downloads

FILE = "YOHO-music-speech.h5"
PUBLISHED = downloads.Wanted(
    f"https://raw.githubusercontent.com/satvik-venkatesh/you-only-hear-once/main/models/{FILE}", "git", "231807e5"
)


def fetch(folder: Path, wanted: downloads.Wanted = PUBLISHED) -> bool:
    """Put the weights into a folder; returns whether that was needed. Raises `DownloadError` or `KerasFileError`."""
    from model_containers.yoho.convert import convert  # imports PyTorch
    from model_containers.yoho.weights import FILE as CONVERTED

    if (folder / CONVERTED).exists():
        return False
    downloads.fetch(wanted, folder / FILE, told=downloads.progress(FILE))
    convert(folder / FILE, folder)
    (folder / FILE).unlink()
    return True


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Get the published weights of YOHO.")
    parser.add_argument("--to", type=Path, required=True, help="folder for the weights")
    options = parser.parse_args(arguments)
    try:
        fetch(options.to)
    except (downloads.DownloadError, ValueError, OSError) as error:
        sys.stderr.write(f"{FILE} is not available: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

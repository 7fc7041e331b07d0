"""The published weights under this project's names: `python -m model_containers.yoho.convert FILE.h5 --to FOLDER`.

The file is `models/YOHO-music-speech.h5` of https://github.com/satvik-venkatesh/you-only-hear-once (MIT, © 2021 Satvik
Venkatesh). It is read with h5py; TensorFlow is not needed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from model_containers.yoho import weights
from model_containers.yoho.keras_file import KerasFileError, read_keras_file
from model_containers.yoho.network import Yoho

LABELS = ("speech", "music")
VERSION = "published"


def convert(file: Path, folder: Path) -> Path:
    """Write the weights of a Keras file into a folder; returns the new file. Raises `KerasFileError`."""
    network = Yoho(len(LABELS))
    tensors = {name: torch.from_numpy(value) for name, value in read_keras_file(file).items()}
    try:
        network.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        raise KerasFileError(f"{file.name} is of another network: {error}") from None
    folder.mkdir(parents=True, exist_ok=True)
    weights.save(folder / weights.FILE, network, LABELS, VERSION)
    return folder / weights.FILE


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"{convert(options.file, options.to)}\n")
    except KerasFileError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

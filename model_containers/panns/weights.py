"""Read a published checkpoint: PyTorch's file with `iteration`, `model` and the state of the sampler, as data alone."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model_containers.panns.network import Pann

_FRONT_END = ("spectrogram_extractor.", "logmel_extractor.")
"""The published networks carry their spectrogram as weights; ours is computed (features.py)."""


class WeightsError(ValueError):
    """The file is not one of the published checkpoints; the message says what is wrong."""


def load(path: Path, network: Pann) -> Pann:
    """Put the weights of a file into a network, ready to predict. Raises `WeightsError`."""
    state = read(path)
    tensors = {name: value for name, value in state.items() if not name.startswith(_FRONT_END)}
    try:
        missing, unexpected = network.load_state_dict(tensors, strict=False)
    except RuntimeError as error:
        raise WeightsError(f"{path.name} is of another network: {str(error).splitlines()[-1].strip()}") from None
    lacking = [name for name in missing if not name.endswith("num_batches_tracked")]
    if unexpected or lacking:
        raise WeightsError(f"{path.name} is of another network: {[*lacking, *unexpected][:3]}")
    return network.eval()


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by name. Nothing in the file is run. Raises `WeightsError`."""
    # the 16 kHz checkpoint keeps the sampler's numpy arrays, under the name that numpy had then
    rebuild: Any = np._core.multiarray._reconstruct  # type: ignore[attr-defined]
    plain: list[Any] = [(rebuild, "numpy.core.multiarray._reconstruct"), rebuild, np.ndarray, np.dtype]
    plain += [np.dtypes.Int64DType, np.dtypes.Float64DType]
    try:
        with torch.serialization.safe_globals(plain):
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=False)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise WeightsError(f"{path.name} cannot be read as weights: {str(error).splitlines()[0]}") from None
    state = content.get("model") if isinstance(content, dict) else None
    if not isinstance(state, dict) or not all(isinstance(one, Tensor) for one in state.values()):
        raise WeightsError(f"{path.name} holds no `model` with tensors")
    return state

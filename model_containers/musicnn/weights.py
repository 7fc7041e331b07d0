"""The published weights: taken from the PyPI wheel of musicnn 0.1.0 (ISC license), converted once to safetensors."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model_containers.musicnn.checkpoint import read_checkpoint
from model_containers.musicnn.labels import LABELS

VARIANTS = tuple(LABELS)
"""Trained on MagnaTagATune or on the Million Song Dataset."""

SOURCE = "PyPI package musicnn 0.1.0"
LICENSE = "ISC, © 2019 Music Technology Group, Universitat Pompeu Fabra, and Jordi Pons"

Tensors = dict[str, npt.NDArray[np.float32]]

_BATCH_NORMALIZATIONS = {
    "input_normalization": 0,
    **{f"front.{number}.normalization": number + 1 for number in range(5)},
    **{f"middle.{number}.normalization": number + 6 for number in range(3)},
    "pooled_normalization": 9,
    "dense_normalization": 10,
}
_NORMALIZATION_PARTS = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}


def file_name(variant: str) -> str:
    """Where the weights of a variant are kept in a folder."""
    return f"musicnn-{variant.lower()}.safetensors"


def from_wheel(wheel: Path, variant: str) -> Tensors:
    """The weights of a variant out of the wheel, under this project's names. The wheel is read, never installed."""
    folder = f"musicnn/{variant}_musicnn/"
    with zipfile.ZipFile(wheel) as archive:
        index, data = archive.read(f"{folder}.index"), archive.read(f"{folder}.data-00000-of-00001")
    return convert(read_checkpoint(index, data))


def convert(tensors: dict[str, npt.NDArray[np.float32]]) -> Tensors:
    """TensorFlow's tensors under PyTorch's names and in its order of axes."""
    converted: Tensors = {}
    for name, number in _BATCH_NORMALIZATIONS.items():
        source = f"batch_normalization_{number}" if number else "batch_normalization"
        for ours, theirs in _NORMALIZATION_PARTS.items():
            converted[f"{name}.{ours}"] = tensors[f"{source}/{theirs}"]
    for number in range(8):
        source = f"conv2d_{number}" if number else "conv2d"
        kernel, bias = tensors[f"{source}/kernel"], tensors[f"{source}/bias"]
        name = f"front.{number}.convolution" if number < 5 else f"middle.{number - 5}.convolution"
        # (frames, bands, 1, filters) → Conv2d (filters, 1, frames, bands); Conv1d (filters, channels, frames)
        ordered = kernel.transpose(3, 2, 0, 1) if number < 5 else kernel[:, :, 0, :].transpose(2, 1, 0)
        converted[f"{name}.weight"], converted[f"{name}.bias"] = np.ascontiguousarray(ordered), bias
    for name, source in (("dense", "dense"), ("output", "dense_1")):
        converted[f"{name}.weight"] = np.ascontiguousarray(tensors[f"{source}/kernel"].T)
        converted[f"{name}.bias"] = tensors[f"{source}/bias"]
    return converted


def about(variant: str) -> dict[str, str]:
    """What is written into the file beside the tensors."""
    return {"variant": variant, "source": SOURCE, "license": LICENSE, "format": "labelbuddy-musicnn-1"}

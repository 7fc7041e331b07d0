"""Weights of the published network: Keras' legacy HDF5 file, read with h5py, under this project's names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model_containers.yoho.network import BLOCKS

Tensors = dict[str, npt.NDArray[np.float32]]


class KerasFileError(ValueError):
    """The file has not the layout of the published network."""


def read_keras_file(path: Path) -> Tensors:
    """The tensors of a file in the original's layout. Raises `KerasFileError`."""
    import h5py  # the image that serves has it not

    try:
        with h5py.File(path) as file:
            return _converted(file.get("model_weights", file))
    except (OSError, KeyError) as error:
        raise KerasFileError(f"{path.name} is not a file of YOHO's weights: {error}") from None


def _converted(file: Any) -> Tensors:
    tensors: Tensors = {}
    _layer(file, tensors, "body.0", "layer1", "conv/kernel:0", "bn", (3, 2, 0, 1))
    for number in range(len(BLOCKS)):
        name, place = f"layer{number + 2}", 1 + 2 * number
        _layer(
            file, tensors, f"body.{place}", name, "depthwise_conv/depthwise_kernel:0", "depthwise_conv/bn", (2, 3, 0, 1)
        )
        _layer(file, tensors, f"body.{place + 1}", name, "pointwise_conv/kernel:0", "pointwise_conv/bn", (3, 2, 0, 1))
    output = file[next(key for key in file if key.startswith("conv1d"))]
    inner = output[next(iter(output))]
    tensors["output.weight"] = np.ascontiguousarray(np.asarray(inner["kernel:0"])[0].T)
    tensors["output.bias"] = np.asarray(inner["bias:0"])
    return tensors


def _layer(
    file: Any, tensors: Tensors, name: str, layer: str, kernel: str, normalization: str, axes: tuple[int, ...]
) -> None:
    """A convolution and its normalization; Keras keeps each under a group named like the layer, twice."""
    convolution, rest = kernel.split("/", 1)
    weights = np.asarray(file[f"{layer}/{convolution}/{layer}/{convolution}/{rest}"])
    tensors[f"{name}.convolution.weight"] = np.ascontiguousarray(weights.transpose(axes))
    group = file[f"{layer}/{normalization}/{layer}/{normalization}"]
    tensors[f"{name}.normalization.bias"] = np.asarray(group["beta:0"])
    tensors[f"{name}.normalization.running_mean"] = np.asarray(group["moving_mean:0"])
    tensors[f"{name}.normalization.running_var"] = np.asarray(group["moving_variance:0"])
    tensors[f"{name}.normalization.weight"] = np.ones_like(tensors[f"{name}.normalization.bias"])

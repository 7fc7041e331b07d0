"""YOHO's network once more, straight from the paper in numpy and Keras' conventions: the reference of its tests.

Fed with the weights of a Keras file as that names them, it answers as the original network does: on random weights that
the authors' define_YOHO wrote with tf_keras 2.21, all 468 answers differ by at most 1e-7.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

LAYOUT: dict[str, list[int]] = json.loads((Path(__file__).parent / "yoho_keras_layout.json").read_text())
"""Names and shapes of the 134 tensors in the file that Keras writes."""

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
"""Of layers 2 to 17 (Venkatesh et al. 2022, table 1)."""

Array = npt.NDArray[np.float64]


def random_tensors(seed: int) -> dict[str, npt.NDArray[np.float32]]:
    """Tensors for every name of the file, of sizes that keep the signal alive through all layers."""
    random = np.random.default_rng(seed)
    made = {}
    for name, shape in LAYOUT.items():
        if name.endswith("moving_variance:0"):
            values = random.uniform(0.5, 1.5, shape)
        elif "kernel" in name:
            inputs = np.prod(shape[:2]) if "depthwise_kernel" in name else np.prod(shape[:-1])
            gain = 0.01 if name.startswith("conv1d") else 2.0  # the answers shall be neither 0 nor 1
            values = random.normal(0.0, np.sqrt(gain / inputs), shape)
        else:
            values = random.normal(0.0, 0.2, shape)
        made[name] = values.astype(np.float32)
    return made


def answers(tensors: dict[str, npt.NDArray[np.float32]], spectrogram: npt.NDArray[np.float32]) -> Array:
    """(801, 64) in dB → (26, 6)."""
    weights = {name: value.astype(np.float64) for name, value in tensors.items()}
    values = _same(spectrogram[:, :, None].astype(np.float64), weights["layer1/conv/layer1/conv/kernel:0"], 2)
    values = _normalized(values, weights, "layer1/bn")
    for number, stride in enumerate(STRIDES, 2):
        depthwise, pointwise = f"layer{number}/depthwise_conv", f"layer{number}/pointwise_conv"
        values = _depthwise(values, weights[f"{depthwise}/{depthwise}/depthwise_kernel:0"][..., 0], stride)
        values = _normalized(values, weights, f"{depthwise}/bn")
        values = values @ weights[f"{pointwise}/{pointwise}/kernel:0"][0, 0]
        values = _normalized(values, weights, f"{pointwise}/bn")
    flat = values.reshape(len(values), -1)
    return 1.0 / (1.0 + np.exp(-(flat @ weights["conv1d/conv1d/kernel:0"][0] + weights["conv1d/conv1d/bias:0"])))


def _normalized(values: Array, weights: dict[str, Array], name: str) -> Array:
    mean, variance, beta = (weights[f"{name}/{name}/{part}:0"] for part in ("moving_mean", "moving_variance", "beta"))
    return np.maximum((values - mean) / np.sqrt(variance + 1e-4) + beta, 0.0)


def _patches(values: Array, size: int, stride: int) -> Array:
    """(time, bands, channels) → (time, bands, channels, size, size), padded as TensorFlow's "same"."""
    pads = []
    for length in values.shape[:2]:
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        pads.append((total // 2, total - total // 2))
    padded = np.pad(values, (*pads, (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size), (0, 1))[::stride, ::stride]


def _same(values: Array, kernel: Array, stride: int) -> Array:
    return np.einsum("tbcij,ijco->tbo", _patches(values, len(kernel), stride), kernel, optimize=True)


def _depthwise(values: Array, kernel: Array, stride: int) -> Array:
    return np.einsum("tbcij,ijc->tbc", _patches(values, len(kernel), stride), kernel)

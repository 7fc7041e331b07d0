"""Put another output layer on a PyTorch network; this module alone of the kit needs PyTorch."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

from model_containers.serving.head import Head

Network = TypeVar("Network", bound=nn.Module)


def with_head(network: Network, name: str, head: Head) -> Network:
    """The network with its linear layer `name` replaced; all else is shared, and `network` stays as it is."""
    layer = nn.Linear(head.weight.shape[1], head.weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(head.weight))
        layer.bias.copy_(torch.from_numpy(head.bias))
    other = copy.copy(network)
    other._modules = {**network._modules, name: layer.eval()}
    return other

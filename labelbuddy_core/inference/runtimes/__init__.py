"""The ways to run a model, behind one interface: a container, a local process, a server elsewhere."""

from labelbuddy_core.inference.runtimes.interface import ModelEnded, Progress, Runtime, Status, Usage

__all__ = ["ModelEnded", "Progress", "Runtime", "Status", "Usage"]

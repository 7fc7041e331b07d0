"""The ways to run a model, behind one interface: a container, a local process, a server elsewhere."""

from labelbuddy_core.inference.runtimes.interface import Progress, Runtime

__all__ = ["Progress", "Runtime"]

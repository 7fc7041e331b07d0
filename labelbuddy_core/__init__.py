"""LabelBuddy: the core of the tool with which labs turn recordings into labeled datasets."""

__version__ = "0.1.0"

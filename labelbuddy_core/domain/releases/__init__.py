"""Releases: what goes into a data set that is given away, how it is divided, and how two of them differ."""

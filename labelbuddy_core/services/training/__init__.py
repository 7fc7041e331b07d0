"""Training runs: their data, their course, the versions they end in."""

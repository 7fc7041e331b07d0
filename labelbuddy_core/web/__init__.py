"""The HTTP API and the byte-range audio routes."""

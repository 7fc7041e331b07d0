"""The durable queue: submit, watch, cancel and resume long work."""

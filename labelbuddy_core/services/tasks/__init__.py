"""Tasks: cut, assigned, queued, claimed, skipped, handed over."""

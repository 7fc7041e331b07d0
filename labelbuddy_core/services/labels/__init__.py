"""Label sets: used by projects, changed while in use, undone."""

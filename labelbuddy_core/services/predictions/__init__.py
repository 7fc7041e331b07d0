"""Predictions: asked for, cut, answered, kept, offered."""

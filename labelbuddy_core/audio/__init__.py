"""Probe, decode, playback copy, peaks pyramid and blob storage."""

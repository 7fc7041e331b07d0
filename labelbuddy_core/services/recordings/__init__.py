"""Recordings: uploaded, imported, decoded, analyzed, drawn and heard."""

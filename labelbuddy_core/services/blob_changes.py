"""Blobs come with uploads and go with the last recording that needs them; the two must not cross each other."""

from __future__ import annotations

import threading

changing_blobs = threading.RLock()
"""Held from storing bytes until a recording names them, and from finding them unused until they are gone.

Uploads and deletions happen in the web process only.
"""

"""Which licenses a person has to confirm before a model is used: all but the well-known ones that allow every use."""

from __future__ import annotations

import re

PERMISSIVE = (
    "MIT",
    "ISC",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Apache-2.0",
    "Apache License 2.0",
    "CC0",
    "CC BY 4.0",
    "CC-BY-4.0",
    "Unlicense",
    "zlib",
)
"""What a license text begins with, that needs no confirmation."""

_BEGINS = re.compile(rf"\s*(?:{'|'.join(re.escape(name) for name in PERMISSIVE)})(?![\w-])", re.I)
_RESTRICTS = re.compile(
    r"non-?\s?commercial|\bNC\b|research|academic|evaluation|\bND\b|no derivatives|proprietary", re.I
)


def needs_confirmation(license_text: str) -> bool:
    """Whether somebody has to confirm a license before its model is used; a model without one has nothing to confirm.

    Free text: what does not begin with a license of `PERMISSIVE`, or names a restriction, has to be confirmed.
    """
    text = license_text.strip()
    return bool(text) and (not _BEGINS.match(text) or bool(_RESTRICTS.search(text)))

"""Files of archives that describe the rest, or that an operating system left: nothing was annotated in them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_LEFT_BY_SYSTEMS = frozenset({"__macosx", "$recycle.bin", "system volume information"})
_DESCRIBES = re.compile(
    r"croissant\.json|datapackage\.json|dataset_infos?\.json|dataset_description\.json|release\.json|splits\.csv"
    r"|(readme|licen[cs]e)([-_][\w.-]+|\.md)?\.(txt|json)|(copying|citation|changelog)\.(txt|json)"
    r"|(md5|sha1|sha224|sha256|sha384|sha512)(sums?)?(\.txt)?|checksums?(\.\w+)?\.(txt|json)"
    r"|(tag)?manifest-(md5|sha\d+)\.txt|bagit\.txt|bag-info\.txt",
    re.IGNORECASE,
)
"""Names of Croissant, Frictionless, Hugging Face, BIDS, BagIt, our own releases, and what usually lies beside data."""


def is_description(path: str) -> bool:
    """Whether a file in an archive is about the others, or hidden; by its path."""
    *folders, name = PurePosixPath(path.replace("\\", "/")).parts or ("",)
    if name.startswith(".") or any(one.lower() in _LEFT_BY_SYSTEMS for one in folders):
        return True
    return _DESCRIBES.fullmatch(name) is not None

"""What the head of a card says of licenses, in the words of the Hugging Face Hub.

The Hub has a list of identifiers (https://huggingface.co/docs/hub/repositories-licenses). A license that is on it is
named by its identifier; any other is `other`, with its name and a link, as the Hub's specification of data set cards
wants it. Texts are recognized only as a whole: "CC BY 4.0, ask first" is another license than CC BY 4.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from labelbuddy_core.domain.attributes import folded
from labelbuddy_core.domain.licenses import needs_confirmation

NOT_STATED = "not stated"
_OTHER, _UNKNOWN = "other", "unknown"

_CREATIVE_COMMONS = frozenset(
    "cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 "
    "cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0".split()
)
_NAMED = {
    "mit": "mit", "mit license": "mit", "isc": "isc", "isc license": "isc", "unlicense": "unlicense", "zlib": "zlib",
    "the unlicense": "unlicense", "bsd": "bsd", "bsd 2 clause": "bsd-2-clause", "bsd 3 clause": "bsd-3-clause",
    "apache 2.0": "apache-2.0", "apache license 2.0": "apache-2.0", "apache license version 2.0": "apache-2.0",
    "odbl": "odbl", "odbl 1.0": "odbl", "open database license": "odbl", "open database license 1.0": "odbl",
    "odc odbl": "odbl", "odc odbl 1.0": "odbl",
    "odc by": "odc-by", "odc by 1.0": "odc-by", "open data commons attribution license": "odc-by",
    "pddl": "pddl", "pddl 1.0": "pddl", "odc pddl": "pddl", "odc pddl 1.0": "pddl",
    "cdla permissive 1.0": "cdla-permissive-1.0", "cdla permissive 2.0": "cdla-permissive-2.0",
    "cdla sharing 1.0": "cdla-sharing-1.0", "c uda": "c-uda", "c uda 1.0": "c-uda",
    "gpl 2.0": "gpl-2.0", "gpl 2.0 only": "gpl-2.0", "gpl 2.0 or later": "gpl-2.0",
    "gpl 3.0": "gpl-3.0", "gpl 3.0 only": "gpl-3.0", "gpl 3.0 or later": "gpl-3.0",
    "agpl 3.0": "agpl-3.0", "agpl 3.0 only": "agpl-3.0", "agpl 3.0 or later": "agpl-3.0",
    "cc0": "cc0-1.0", "cc0 1.0": "cc0-1.0", "cc 0": "cc0-1.0", "cc zero": "cc0-1.0",
    "creative commons zero": "cc0-1.0", "creative commons 0": "cc0-1.0",
}  # fmt: skip
"""Licenses by name or SPDX identifier, as `_plain` writes them."""
_URL = re.compile(r"https?://[^\s<>\"'\\)\]]+", re.I)
_ZERO = re.compile(r"https?://(?:www\.)?creativecommons\.org/publicdomain/zero/1\.0(?:/[\w./-]*)?", re.I)
_BY = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/licenses/(by[a-z-]*)/(\d\.\d)(?:/(?:deed|legalcode)[\w.]*)?/?", re.I
)
_OPEN_DATA = re.compile(r"https?://(?:www\.)?opendatacommons\.org/licenses/(odbl|by|pddl)(?:/[\w./-]*)?", re.I)
_WORDS = {
    "attribution": "by", "noncommercial": "nc", "sharealike": "sa", "noderivatives": "nd", "noderivs": "nd",
}  # fmt: skip
_CC = re.compile(r"(?:cc )?(by(?: nc)?(?: sa| nd)?)(?: v?(\d\.\d))?(?: international| unported| generic)?")


def head_lines(texts: Iterable[str], license_file: str = "") -> list[str]:
    """The lines about licenses in the head of a card, for the licenses of everything that is in the data set.

    `license_file` is the name of a file beside the card that has the licenses in full, where there is one.
    """
    known = {text: hub_identifier(text) for text in sorted({*texts})}
    found = sorted({*known.values()} - {_OTHER}) + [_OTHER] * (_OTHER in known.values())
    if not found:
        return [f"license: {_UNKNOWN}"]
    lines = [f"license: {found[0]}" if len(found) == 1 else f"license: [{', '.join(found)}]"]
    others = [text for text, identifier in known.items() if identifier == _OTHER]
    if not others:
        return lines
    name = _name(others[0]) if len(others) == 1 else "several-licenses"
    lines.append(f'license_name: "{name}"')
    link = next(iter(_URL.findall(others[0])), "") if len(others) == 1 else ""
    link = link.rstrip(".,;") or license_file
    return [*lines, f'license_link: "{link}"'] if link else lines


def all_licenses(recordings: Iterable[str], models: Mapping[str, str]) -> list[str]:
    """The licenses that a data set is under: those of its recordings, and those of models whose suggestions are in it
    unless they allow every use; `models` are their licenses by name."""
    return [*recordings, *(text for text in models.values() if needs_confirmation(text))]


def needs_file(texts: Iterable[str]) -> bool:
    """Whether some license is not on the Hub's list, so that its text has to be beside the card."""
    return any(hub_identifier(text) == _OTHER for text in texts)


def hub_identifier(text: str) -> str:
    """The Hub's identifier of a license, by its SPDX identifier, name or address; `other` for one it does not list.

    A Creative Commons license without a version is `cc`, the Hub's word for that family.
    """
    text = text.strip()
    if not text or text == NOT_STATED:
        return _UNKNOWN
    if _ZERO.fullmatch(text):
        return "cc0-1.0"
    if by := _BY.fullmatch(text):
        return _listed(by[1].lower(), by[2])
    if data := _OPEN_DATA.fullmatch(text):
        return {"by": "odc-by"}.get(data[1].lower(), data[1].lower())
    plain = _plain(text)
    if plain in _NAMED:
        return _NAMED[plain]
    if creative := _CC.fullmatch(_creative(plain)):
        return _listed(creative[1].replace(" ", "-"), creative[2])
    return _OTHER


def _listed(conditions: str, version: str | None) -> str:
    if version is None:
        return "cc"
    identifier = f"cc-{conditions}-{version}"
    return identifier if identifier in _CREATIVE_COMMONS else _OTHER


def _plain(text: str) -> str:
    """Lower case, words apart by single spaces, without an article, brackets and the word universal."""
    words = re.sub(r"[-_,/()]+", " ", folded(text)).split()
    return " ".join(word for word in words if word not in ("the", "universal"))


def _creative(plain: str) -> str:
    """The conditions of a Creative Commons license, written out, in its short words."""
    plain = plain.replace("creative commons", "cc").replace("non commercial", "noncommercial")
    plain = plain.replace("share alike", "sharealike").replace("no derivatives", "noderivatives")
    words = [_WORDS.get(word, word) for word in plain.split() if word not in ("license", "licence", "public")]
    return " ".join(words)


def _name(text: str) -> str:
    """A license that is not listed, as an identifier: its first words without its address."""
    words = re.findall(r"[a-z0-9.]+", folded(_URL.sub(" ", text)))
    name = "-".join(words)[:60].strip("-.")
    return name or "custom"

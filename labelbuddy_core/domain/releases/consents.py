"""What may be given away: by the attributes `consent` and `license` of a recording, read with care.

A text that is not understood keeps a recording back until a manager accepts that very text. `consent` decides about
labels and audio, `license` about audio alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from labelbuddy_core.domain.attributes import folded
from labelbuddy_core.domain.releases.choices import ReleaseChoices

CONSENT, LICENSE = "consent", "license"

GIVEN = ("yes", "y", "true", "1", "given", "granted", "obtained", "signed", "ok", "public")
"""Words by which consent is given; upper and lower case are the same."""
REFUSED = ("no", "n", "false", "0", "none", "refused", "denied", "withdrawn", "revoked", "pending", "unknown")

_FORBIDS = re.compile(
    r"all rights reserved|proprietary|confidential|internal|private|restricted|not for (re)?(lease|distribution)"
    r"|no (re)?distribution|^\s*(©|\(c\)|copyright)",
    re.I,
)
_NO_CHANGES = re.compile(r"\bND\b|no.?deriv", re.I)
_QUOTED = re.compile(r""" (?:'.*'|".*")""")


def kept_back(attributes: Mapping[str, object], choices: ReleaseChoices) -> str:
    """Why a recording may not be in a release, in words; "" when it may."""
    return _by_consent(str(attributes.get(CONSENT) or ""), choices) or (
        _by_license(str(attributes.get(LICENSE) or ""), choices) if choices.with_audio else ""
    )


def in_public(reasons: Mapping[str, int]) -> dict[str, int]:
    """How many tasks were left out by each reason, without the words of recordings, which may name people."""
    found: dict[str, int] = {}
    for reason, count in reasons.items():
        said = _QUOTED.sub("", reason).replace("consent says,", "consent says something")
        found[said] = found.get(said, 0) + count
    return found


def _by_consent(said: str, choices: ReleaseChoices) -> str:
    text = folded(said).strip()
    if not text:
        return "consent is not stated" if choices.require_consent else ""
    if text in REFUSED:
        return "consent is refused, withdrawn or pending"
    if text in GIVEN or text in {folded(one).strip() for one in choices.consents}:
        return ""
    return f"consent says {_short(said)}, which is not accepted"


def _by_license(said: str, choices: ReleaseChoices) -> str:
    text = folded(said).strip()
    if not text:
        return "the license is not stated" if choices.require_license else ""
    if text in {folded(one).strip() for one in choices.licenses}:
        return ""
    if _FORBIDS.search(said):
        return f"the license {_short(said)} does not let audio be passed on"
    if choices.audio == "clips" and _NO_CHANGES.search(said):
        return f"the license {_short(said)} does not let audio be cut or resampled"
    return ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")

"""What a release would hold, before it is made, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.attributes import folded
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.releases.choices import parse_choices
from labelbuddy_core.domain.releases.consents import CONSENT, GIVEN, LICENSE, REFUSED
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.release_figures import figures, warnings
from labelbuddy_core.services.release_frozen import gather
from labelbuddy_core.services.transactions import reads

_NAMED = 20
"""Recordings that are named for each reason."""


@reads
def preview(session: Session, actor: Actor, project_id: str | int, choices: Mapping[str, Any]) -> dict[str, Any]:
    """What a release with these choices would hold now: {figures, warnings, left_out: [{reason, count, recordings}]}.

    Raises `Invalid` naming a wrong choice.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    chosen = parse_choices(choices, FORMATS)
    found = gather(session, access.project, chosen, lambda _: None, lambda _: None)
    shown = figures(found.counts, [one.reason for one in found.left_out], found.splits(chosen), chosen)
    reasons = Counter(one.reason for one in found.left_out)
    named: dict[str, dict[str, None]] = {reason: {} for reason in reasons}
    for one in found.left_out:
        named[one.reason][one.recording] = None
    return {
        "figures": shown,
        "warnings": warnings(shown),
        "left_out": [
            {
                "reason": reason,
                "count": count,
                "recordings": list(named[reason])[:_NAMED],
            }
            for reason, count in reasons.most_common()
        ],
    }


@reads
def what_recordings_say(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """What there is to choose from: {attributes, consents, licenses}: names of attributes, texts about consent that are
    not understood by themselves, and licenses, each most frequent first."""
    access = project_access(session, actor, project_id)
    access.require(Permission.RELEASE)
    names, consents, licenses = set[str](), Counter[str](), Counter[str]()
    for attributes in session.scalars(select(Recording.attributes).where(Recording.project_id == access.project.id)):
        names.update(attributes or ())
        said = str((attributes or {}).get(CONSENT) or "").strip()
        if said and folded(said) not in (*GIVEN, *REFUSED):
            consents[said] += 1
        if text := str((attributes or {}).get(LICENSE) or "").strip():
            licenses[text] += 1
    return {
        "attributes": sorted(names),
        "consents": [text for text, _ in consents.most_common(200)],
        "licenses": [text for text, _ in licenses.most_common(200)],
    }

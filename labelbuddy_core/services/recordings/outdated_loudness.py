"""Which recordings have a loudness that is measured otherwise now; their statistics say which version measured it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

from labelbuddy_core.audio.loudness import CHANGED, VERSION
from labelbuddy_core.database.tables import Recording

_TRIED = "loudness_tried"
"""The version that could not measure it again."""


def is_outdated() -> ColumnElement[bool]:
    """Whether a recording is to be measured again, as a condition; never for what could not be analyzed."""
    said = Recording.statistics
    version = func.coalesce(said[_TRIED].as_integer(), said["loudness_version"].as_integer(), 1)
    analyzed = Recording.analysis_key.is_not(None)
    changed = [and_(Recording.channels.in_(channels), version < number) for number, channels in CHANGED.items()]
    return and_(analyzed, or_(*changed))


def tried(statistics: Mapping[str, Any]) -> dict[str, Any]:
    """The statistics of a recording that could not be measured again, so that it is not tried for ever."""
    return {**statistics, _TRIED: VERSION}

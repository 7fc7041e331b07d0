"""What each format that is read can say, and how finely: what it cannot say is no difference between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labelbuddy_core.formats import (
    aoef,
    audacity,
    captions_export,
    csv_export,
    cvat,
    dataset_rows,
    dcase,
    elan,
    jams_files,
    lab,
    label_studio,
    labelbuddy_2022,
    nemo,
    praat_textgrid,
    raven,
    rttm,
    subtitles,
)
from labelbuddy_core.formats.losses import Carries

EVERYTHING = Carries(
    step=1e-6,
    fields=("label", "text", "frequencies", "channel", "score", "tier", "attributes", "position", "confidence"),
    tags=True, caption=True, answers=True, annotator=True, empty=True,
)  # fmt: skip
"""For our own JSON."""


@dataclass(frozen=True)
class Ways:
    """What a format carries, and how it writes what it has no words for."""

    carries: Carries
    full_band: bool = False
    """A missing bound is that of the full band."""
    first_channel: bool = False
    """All channels together are the first one."""
    numbered_tiers: bool = False
    """What overlaps on a tier goes to further ones with numbers after their names."""


_CARRIES: Mapping[str, Carries] = {
    "label-studio": label_studio.CARRIES,
    "jams": jams_files.CARRIES,
    "aoef": aoef.CARRIES,
    "textgrid": praat_textgrid.CARRIES,
    "elan": elan.CARRIES,
    "audacity": audacity.CARRIES,
    "raven": raven.CARRIES,
    "lab": lab.CARRIES_LAB,
    "beats": lab.CARRIES_BEATS,
    "subtitles": subtitles.CARRIES_VTT,
    "dcase-strong": dcase.CARRIES_STRONG,
    "dcase-weak": dcase.CARRIES_WEAK,
    "rttm": rttm.CARRIES,
    "cvat": cvat.CARRIES,
    "nemo": nemo.CARRIES,
    "labelbuddy-2022": labelbuddy_2022.CARRIES,
    "captions": captions_export.CARRIES_CSV,
    "audiofolder": dataset_rows.CARRIES,
    "parquet": dataset_rows.CARRIES,
    "table": csv_export.CARRIES,
}
_FULL_BAND = frozenset({"aoef", "raven"})
_FIRST_CHANNEL = frozenset({"label-studio", "raven", "rttm"})
_NUMBERED_TIERS = frozenset({"textgrid", "elan"})
_OF_COLUMNS = {"low": "frequencies", "high": "frequencies"}


def ways_of(form: str, columns: Iterable[str] = ()) -> Ways:
    """How a format says things; of a table by its columns, which are named as in `table.FIELDS`."""
    if form == "table":
        return Ways(Carries(step=csv_export.CARRIES.step, fields=tuple({_OF_COLUMNS.get(one, one) for one in columns})))
    return Ways(_CARRIES.get(form, EVERYTHING), form in _FULL_BAND, form in _FIRST_CHANNEL, form in _NUMBERED_TIERS)

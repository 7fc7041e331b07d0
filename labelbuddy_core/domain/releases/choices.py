"""What a manager chooses of a release; the same choices over the same labels and audio give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from labelbuddy_core.domain.attributes import attribute_name
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.domain.releases.fields import FIELDS, USUAL
from labelbuddy_core.errors import Invalid

WHICH = ("consensus", "approved", "submitted")
KINDS = ("adjudicated", "merged", "approved")
"""Where the ground truth of a task may come from."""
AUDIO = ("none", "paths", "original", "clips")
RATES = (8_000, 768_000)
_MOST_HELD_OUT = 0.9
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}")


@dataclass(frozen=True)
class ReleaseChoices:
    """`which`: ground truth (of `kinds`), approved annotations, or all that were handed in. `formats` are names.

    `audio`: none; paths (where the API serves it); original files; or clips, the stretch of each task as FLAC, with
    `sample_rate` (Hz) and `channels` (1 mixes them) or as it is. `validation` and `test` are shares, `group_by` names
    attributes of recordings: those that share a value of one stay together. `merge` puts the tasks of each recording
    together where they touch or overlap, so that what lies in an overlap counts once (`domain.merging_back`).
    `consents` and `licenses` are texts that are accepted beside those understood by themselves; see `consents`.
    """

    which: str = "consensus"
    kinds: tuple[str, ...] = KINDS
    fields: tuple[str, ...] = USUAL
    merge: bool = False
    formats: tuple[str, ...] = ("jsonl", "csv")
    audio: str = "none"
    sample_rate: int | None = None
    channels: int | None = None
    validation: float = 0.1
    test: float = 0.1
    group_by: tuple[str, ...] = ()
    seed: int = 0
    require_consent: bool = False
    consents: tuple[str, ...] = ()
    require_license: bool = False
    licenses: tuple[str, ...] = ()

    @property
    def with_audio(self) -> bool:
        """Whether sound is in the release."""
        return self.audio in ("original", "clips")

    @property
    def divided(self) -> bool:
        """Whether there are splits at all."""
        return self.validation > 0.0 or self.test > 0.0

    def as_json(self) -> dict[str, Any]:
        """As rows, routes and `release.json` have it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def parse_choices(given: Mapping[str, Any], formats: Collection[str]) -> ReleaseChoices:
    """Choices from JSON; absent ones are as usual. Raises `Invalid` naming the field. `formats` are those there are."""
    known = {one.name for one in fields(ReleaseChoices)}
    for name in given:
        if name not in known:
            raise Invalid(f"A release has no choice {name!r}; there are {', '.join(sorted(known))}.", field=name)
    usual = ReleaseChoices()
    which = _one_of(given.get("which", usual.which), WHICH, "which")
    audio = _one_of(given.get("audio", usual.audio), AUDIO, "audio")
    chosen = ReleaseChoices(
        which=which,
        kinds=_some_of(given.get("kinds", usual.kinds), KINDS, "kinds"),
        fields=_some_of(given.get("fields", usual.fields), FIELDS, "fields"),
        merge=_yes_or_no(given.get("merge", False), "merge"),
        formats=_some_of(given.get("formats", usual.formats), formats, "formats"),
        audio=audio,
        sample_rate=_whole(given.get("sample_rate"), *RATES, "sample_rate"),
        channels=_whole(given.get("channels"), 1, 1, "channels"),
        validation=_share(given.get("validation", usual.validation), "validation"),
        test=_share(given.get("test", usual.test), "test"),
        group_by=tuple(
            dict.fromkeys(
                name for one in _texts(given.get("group_by", ()), "group_by") if (name := attribute_name(one))
            )
        ),
        seed=_whole(given.get("seed", 0), 0, 2**31, "seed") or 0,
        require_consent=_yes_or_no(given.get("require_consent", False), "require_consent"),
        consents=_texts(given.get("consents", ()), "consents"),
        require_license=_yes_or_no(given.get("require_license", False), "require_license"),
        licenses=_texts(given.get("licenses", ()), "licenses"),
    )
    if chosen.validation + chosen.test > _MOST_HELD_OUT:
        raise Invalid(f"validation and test together are at most {_MOST_HELD_OUT:.0%} of a release.", field="test")
    if "audiofolder" in chosen.formats and not chosen.with_audio:
        raise Invalid("An AudioFolder has its audio beside it; choose original files or clips.", field="audio")
    if audio != "clips" and (chosen.sample_rate or chosen.channels):
        raise Invalid("Only clips are resampled or mixed; original files stay as they are.", field="audio")
    return chosen


def checked_name(name: str) -> str:
    """The name of a release, of 1 to 80 letters. Raises `Invalid`."""
    text = one_line(" ".join(str(name).split()), "name")
    if not 1 <= len(text) <= 80:
        raise Invalid("A release has a name of 1 to 80 letters.", field="name")
    return text


def checked_version(version: str) -> str:
    """A version such as 1.0 or 2026-07. Raises `Invalid`."""
    text = str(version).strip()
    if not _VERSION.fullmatch(text):
        raise Invalid(
            "A version has 1 to 40 letters, digits, dots, dashes, plus signs and underscores, as in 1.0.",
            field="version",
        )
    return text


def _one_of(value: object, allowed: Collection[str], field: str) -> str:
    if value not in allowed:
        raise Invalid(f"{field} must be one of {', '.join(allowed)}.", field=field)
    return str(value)


def _some_of(value: object, allowed: Collection[str], field: str) -> tuple[str, ...]:
    """In the order of `allowed`, so that the order in which somebody chose them changes nothing."""
    chosen = _texts(value, field)
    for one in chosen:
        _one_of(one, allowed, field)
    if not chosen:
        raise Invalid(f"Choose at least one of {field}.", field=field)
    return tuple(one for one in allowed if one in chosen)


def _texts(value: object, field: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Invalid(f"{field} must be a list of texts.", field=field)
    if len(value) > 200 or any(len(one) > 2000 for one in value):
        raise Invalid(f"{field} is too long.", field=field)
    return tuple(dict.fromkeys(text for one in value if (text := one.strip())))


def _whole(value: object, least: int, most: int, field: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"{field} must be a whole number from {least} to {most}.", field=field)
    return value


def _share(value: object, field: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 0.5:
        raise Invalid(f"{field} must be a share from 0 (none) to 0.5.", field=field)
    return float(value)


def _yes_or_no(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{field} must be true or false.", field=field)
    return value

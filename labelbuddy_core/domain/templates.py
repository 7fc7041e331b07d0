"""Templates: which controls the annotators of a project get, by the kind of dataset it makes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True)
class Controls:
    """What the editor offers for a task."""

    regions: bool = False
    points: bool = False
    tags: bool = False
    caption: bool = False
    transcript: bool = False
    answers: bool = False

    def as_json(self) -> dict[str, bool]:
        return asdict(self)


@dataclass(frozen=True)
class Template:
    """A kind of annotation project, as the manager picks it."""

    name: str
    title: str
    description: str
    controls: Controls
    labels: tuple[str, ...] = ()


TEMPLATES: Final[dict[str, Template]] = {
    template.name: template
    for template in (
        Template(
            "sound-events",
            "Sound events",
            "Mark where each sound starts and ends.",
            Controls(regions=True, tags=True),
            ("Speech", "Music", "Dog", "Siren", "Engine"),
        ),
        Template(
            "music-tagging",
            "Music tagging",
            "Tag whole clips, and the passages where a tag holds.",
            Controls(regions=True, tags=True),
            ("Rock", "Pop", "Classical", "Guitar", "Piano", "Vocal"),
        ),
        Template(
            "captioning",
            "Captioning",
            "Describe what is heard in a sentence, for the clip and for passages.",
            Controls(regions=True, tags=True, caption=True),
            ("Passage",),
        ),
        Template(
            "transcription",
            "Transcription",
            "Write down what is said, phrase by phrase.",
            Controls(regions=True, transcript=True),
            ("Speaker A", "Speaker B", "Unclear"),
        ),
        Template(
            "beats", "Beats and bars", "Mark beats and downbeats.", Controls(points=True, regions=True), ("Beat",)
        ),
        Template(
            "structure",
            "Song structure",
            "Divide music into sections.",
            Controls(regions=True),
            ("Intro", "Verse", "Chorus", "Bridge", "Outro"),
        ),
        Template(
            "qa",
            "Questions and answers",
            "Answer questions about a clip and point at the evidence.",
            Controls(regions=True, answers=True),
            ("Evidence",),
        ),
        Template(
            "custom",
            "Everything",
            "Regions, clip tags and a caption together.",
            Controls(regions=True, points=True, tags=True, caption=True, transcript=True),
        ),
    )
}

"""What sample projects hold, by template: labels, instructions, recordings made by formula, and what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np

from labelbuddy_core.audio import sample_music, synthesis
from labelbuddy_core.audio.synthesis import Random, Sound
from labelbuddy_core.domain.sample_answers import Heard, Truth
from labelbuddy_core.domain.templates import TEMPLATES

RECORDINGS: Final = 7
"""Of each sample project."""
_SEED = 20_261_126
_SECONDS = 10.0

Part = tuple[str, float, float]
Made = tuple[Sound, Truth]

SOUNDS: Final[Mapping[str, Callable[..., Sound]]] = {
    "Speech": synthesis.speech,
    "Music": synthesis.music,
    "Dog": synthesis.bark,
    "Siren": synthesis.siren,
    "Engine": synthesis.engine,
    "Rain": synthesis.rain,
}


@dataclass(frozen=True)
class Sample:
    """`model` is a bundled one that gives suggestions, `label_map` goes from its labels to names of labels here."""

    about: str
    instructions: str
    make: Callable[[Random, int], Made]
    labels: tuple[dict[str, Any], ...] = ()
    model: str | None = None
    label_map: Mapping[str, str] = field(default_factory=dict)


def recording(template: str, number: int) -> tuple[str, Sound, Truth]:
    """File name, samples and truth of a recording, from 0; the same for the same number."""
    random = np.random.default_rng([_SEED, list(SAMPLES).index(template), number])
    samples, truth = SAMPLES[template].make(random, number)
    suffix = (".wav", ".flac", ".mp3")[number % 3]
    return f"{template}-{number + 1}{suffix}", samples, truth


def labels_of(template: str) -> list[dict[str, Any]]:
    """The label set of a sample: its own, or the template's."""
    own = SAMPLES[template].labels
    return [dict(label) for label in own] or [{"name": name} for name in TEMPLATES[template].labels]


_SCENES: Final[tuple[tuple[Part, ...], ...]] = (
    (("Engine", 0.0, 10.0), ("Siren", 3.0, 7.5), ("Dog", 8.2, 8.6)),
    (("Dog", 1.0, 1.4), ("Dog", 2.2, 2.6), ("Speech", 4.0, 9.5)),
    (("Music", 0.0, 5.0), ("Speech", 4.4, 9.8)),
    (("Engine", 0.0, 10.0), ("Siren", 1.0, 4.5), ("Speech", 5.5, 9.0)),
    (("Dog", 2.0, 2.4), ("Music", 4.0, 10.0)),
    (("Speech", 0.5, 4.0), ("Speech", 5.0, 8.4), ("Dog", 9.0, 9.4)),
    (("Engine", 1.0, 9.0), ("Speech", 3.0, 6.0)),
)
_CAPTIONS: Final = (
    ("A siren passes while an engine runs; a dog barks once.", "A siren and an engine in a street."),
    ("A dog barks twice, then somebody speaks.", "A dog barks three times before a person speaks."),
    ("Lively music with drums fades into a voice.", "Slow music, then a voice."),
    ("A siren comes and goes beside a running engine, then a voice.", "A siren, an engine and a voice."),
    ("One bark, then lively music.", "A dog and music."),
    ("Somebody speaks in two phrases; a dog barks at the end.", "A conversation, then a bark."),
    ("A voice beside a running engine.", "Somebody speaks in a garage."),
)


def _sounding(random: Random, parts: tuple[Part, ...], seconds: float = _SECONDS) -> Sound:
    made = [(label, start, end, partial(SOUNDS[label], random)) for label, start, end in parts]
    return synthesis.scene(random, seconds, made).samples


def _heard(parts: tuple[Part, ...]) -> tuple[Heard, ...]:
    return tuple(Heard(*part) for part in parts)


def _sound_events(random: Random, number: int) -> Made:
    parts = _SCENES[number]
    return _sounding(random, parts), Truth(regions=_heard(parts))


def _captioning(random: Random, number: int) -> Made:
    parts = _SCENES[number]
    label, start, end = parts[-1]
    passage = Heard("Passage", start, end, texts=(f"{label} alone", label))
    return _sounding(random, parts), Truth(regions=(passage,), captions=_CAPTIONS[number])


def _music_tagging(random: Random, number: int) -> Made:
    quick, sung = number % 2 == 0, number % 3 == 0
    out = synthesis.music(random, _SECONDS, 126.0) if quick else sample_music.strings(random, _SECONDS, 66.0)
    regions = [Heard("Drums" if quick else "Strings", 0.0, _SECONDS - 0.2)]
    if sung:
        voice = synthesis.vowels(random, "aoeaoeaoe", 220.0)
        first = round(4.0 * synthesis.RATE)
        out[first : first + len(voice)] += 0.6 * voice[: len(out) - first]
        regions.append(Heard("Voice", 4.0, 7.2))
    tags = ("Fast" if quick else "Slow", *(["Voice"] if sung else []), "Drums" if quick else "Strings")
    return np.clip(out, -0.98, 0.98), Truth(regions=tuple(regions), tags=tags)


def _transcription(random: Random, number: int) -> Made:
    phrases = [("Speaker A", "aeiou", 112.0), ("Speaker B", "ouia", 205.0), ("Speaker A", "eao", 112.0)]
    parts, regions, at = [], [], 0.4
    for speaker, start, pitch in phrases:
        text = start[number % len(start) :] + start[: number % len(start)]
        length = 0.34 * len(text) + 0.1
        parts.append(
            (speaker, at, at + length, lambda _, text=text, pitch=pitch: synthesis.vowels(random, text, pitch))
        )
        words = " ".join(text)
        regions.append(Heard(speaker, at, at + length, texts=(words, words[:-1] + "?")))
        at += length + 0.6
    return synthesis.scene(random, at + 0.2, parts).samples, Truth(regions=tuple(regions))


def _beats(random: Random, number: int) -> Made:
    meter = 3 if number % 3 == 1 else 4
    samples, beats = sample_music.drums(random, _SECONDS, 84.0 + 9.0 * number, meter)
    return samples, Truth(beats=tuple((beat.time, beat.position) for beat in beats))


def _structure(random: Random, number: int) -> Made:
    shapes = (
        (("Intro", 3.0), ("Verse", 4.0), ("Chorus", 4.0), ("Outro", 2.5)),
        (("Verse", 4.0), ("Chorus", 4.0), ("Bridge", 2.5), ("Chorus", 3.0)),
        (("Intro", 3.0), ("Chorus", 4.0), ("Bridge", 3.0), ("Chorus", 3.0)),
    )
    made = sample_music.song(random, shapes[number % 3])
    return made.samples, Truth(regions=_heard(tuple((one.label, one.onset, one.offset) for one in made.events)))


def _questions(random: Random, number: int) -> Made:
    parts = _SCENES[number]
    kinds = {"Dog": "an animal", "Speech": "a person", "Music": "music", "Siren": "a machine", "Engine": "a machine"}
    regions = tuple(
        Heard("Evidence", start, end, answers=({"source": kinds[label], "near": True}, {"source": kinds[label]}))
        for label, start, end in parts
    )
    return _sounding(random, parts), Truth(regions=regions)


def _everything(random: Random, number: int) -> Made:
    parts = _SCENES[number]
    texts = {"Speech": ("not understood", "somebody speaks")}
    regions = tuple(Heard(*part, texts=texts.get(part[0])) for part in parts)
    tags = tuple(dict.fromkeys(label for label, _, _ in parts))
    return _sounding(random, parts), Truth(regions=regions, tags=tags, captions=_CAPTIONS[number])


_SPEECH_AND_MUSIC: Final = {"speech": "Speech", "music": "Music"}
_QUESTION: Final = {
    "name": "Evidence",
    "attributes": [
        {"id": "source", "name": "What makes this sound?", "kind": "choice",
         "choices": ["a person", "an animal", "a machine", "music"]},
        {"id": "near", "name": "Is it near?", "kind": "yes-no"},
    ],
}  # fmt: skip

SAMPLES: Final[dict[str, Sample]] = {
    "sound-events": Sample(
        "street sounds",
        "Mark every stretch of **speech**, **music**, **dog**, **siren** and **engine**. What overlaps gets regions of "
        "its own.",
        _sound_events,
        model="baseline",
        label_map=_SPEECH_AND_MUSIC,
    ),
    "music-tagging": Sample(
        "short music",
        "Choose the tags that hold for the **clip**, and mark the passages where there are strings, drums or a voice.",
        _music_tagging,
        labels=tuple({"name": name} for name in ("Fast", "Slow", "Strings", "Drums", "Voice")),
        model="baseline",
        label_map={"fast tempo": "Fast", "slow tempo": "Slow"},
    ),
    "captioning": Sample(
        "scenes to describe",
        "Describe what is heard in **one sentence**: what makes the sounds, how many, in which order. Mark a *passage* "
        "where a part needs words of its own.",
        _captioning,
        model="baseline",
        label_map={"sound": "Passage"},
    ),
    "transcription": Sample(
        "two voices",
        "The voices say vowels only: *a e i o u*. Mark each phrase in the lane of its speaker and write down the "
        "vowels, with spaces between them.",
        _transcription,
        model="baseline",
        label_map={"sound": "Unclear"},
    ),
    "beats": Sample(
        "drums",
        "Mark every **beat** and where the **bars** begin. Tap `T` while it plays, or *use found beats*.",
        _beats,
        model="baseline",
        label_map={"beat": "Beat"},
    ),
    "structure": Sample(
        "short songs",
        "Divide each song into **sections** without gaps: strings alone are *intro*, *bridge* or *outro*, drums begin "
        "a *verse*, and a voice a *chorus*.",
        _structure,
    ),
    "qa": Sample(
        "what makes this sound?",
        "Mark the **evidence** for each thing that is heard, and answer the questions beside it.",
        _questions,
        labels=(_QUESTION,),
        model="baseline",
        label_map={"sound": "Evidence"},
    ),
    "custom": Sample(
        "a bit of everything",
        "Mark the sounds, write what is said, choose tags for the clip, and describe it in one sentence.",
        _everything,
        labels=tuple({"name": name} for name in ("Speech", "Music", "Dog", "Siren", "Engine", "Beat")),
        model="baseline",
        label_map={**_SPEECH_AND_MUSIC, "beat": "Beat"},
    ),
}

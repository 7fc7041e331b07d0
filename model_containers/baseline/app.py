"""The baselines as a served model: levels, rhythm and texture → segments, points and tags; likeness → vectors."""

from __future__ import annotations

import numpy as np

from model_containers.baseline import levels, likeness, rhythm, texture
from model_containers.serving.compiling import compiling_alone
from model_containers.serving.model import Answer, Embedding, Information, Options, Samples, Tag

SAMPLE_RATE = 16_000
THRESHOLD = 0.3
REGIONS = ("sound", "silence", "music", "speech")
POINTS = ("onset", "beat")
TEMPI = ("slow tempo", "medium tempo", "fast tempo")
"""Below 90, from 90 to below 130, and from 130 beats a minute on."""

_BOUNDS = (90.0, 130.0)


class BaselineModel:
    """Onsets, beats, tempo, sound, silence, and a hint of music and speech; needs no weights."""

    information = Information(
        name="baseline",
        version="1",
        labels=(*REGIONS, *POINTS, *TEMPI),
        sample_rate=SAMPLE_RATE,
        description="Onsets, beats, tempo, sound and silence, and a hint of music and speech; no weights.",
        license="MIT",
    )

    def load(self) -> None:
        """Import and compile what takes seconds, so that the first answer does not wait for it."""
        noise = np.random.default_rng(0).normal(0.0, 0.1, 5 * SAMPLE_RATE).astype(np.float32)
        with compiling_alone():
            self.predict(noise, Options())
            self.embed(noise)

    def predict(self, samples: Samples, options: Options) -> Answer:
        """Segments, points and tags of mono samples at 16 kHz, of scores from the threshold on."""
        least = THRESHOLD if options.threshold is None else options.threshold
        duration = len(samples) / SAMPLE_RATE
        level = levels.levels(samples, SAMPLE_RATE)
        strength = rhythm.onset_strength(samples, SAMPLE_RATE)
        regions = [
            *levels.sound(level, duration),
            *levels.silence(level, duration),
            *texture.music_and_speech(level, texture.lasting_shares(samples, SAMPLE_RATE), strength, duration),
        ]
        pulses = rhythm.beats(strength)
        moments = [("onset", time, score) for time, score in rhythm.onsets(strength)]
        moments += [("beat", time, pulse.clarity) for pulse in pulses for time in pulse.times]
        tags = [tag for tag in _tempo(pulses) if tag.score >= least]
        return Answer(
            regions=tuple(
                sorted((one for one in regions if one.score >= least), key=lambda one: (one.start, one.label))
            ),
            points=tuple(
                {"time": min(time, duration), "label": label, "score": round(score, 3)}
                for label, time, score in sorted(moments, key=lambda one: (one[1], one[0]))
                if score >= least
            ),
            tags=tuple(tags if options.top_k is None else tags[: options.top_k]),
        )

    def embed(self, samples: Samples) -> Embedding:
        """What every second is like (see `likeness`), for finding sounds that are alike."""
        return Embedding(likeness.SECONDS, likeness.vectors(samples, SAMPLE_RATE))


def _tempo(pulses: list[rhythm.Beats]) -> list[Tag]:
    """One tag for the tempo that most of the time has, as sure as the pulse is clear."""
    if not pulses:
        return []
    counts = [len(pulse.times) / pulse.tempo for pulse in pulses]
    by_class = dict.fromkeys(TEMPI, 0.0)
    for pulse, count in zip(pulses, counts, strict=True):
        name = TEMPI[int(np.searchsorted(_BOUNDS, pulse.tempo, side="right"))]
        by_class[name] += count * pulse.clarity / sum(counts)
    name = max(by_class, key=lambda one: by_class[one])
    return [Tag(name, round(by_class[name], 3))]

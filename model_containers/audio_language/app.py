"""An audio-language model as a served model: features → network → decode."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from model_containers.audio_language import decode, features
from model_containers.audio_language.checkpoints import (
    FAMILIES,
    NoCheckpointError,
    find_checkpoint,
    license_of,
    read_config,
)
from model_containers.audio_language.configuration import Configuration
from model_containers.serving import (
    Answer,
    Caption,
    ChatMessage,
    ChatOptions,
    Information,
    Options,
    Tag,
    UnusableChatError,
)
from model_containers.serving.model import Samples
from model_containers.serving.processors import available_processors

if TYPE_CHECKING:
    from model_containers.audio_language.network import Network
    from model_containers.audio_language.pieces import Piece

VERSION = "0.1.0"


class AudioLanguageModel:
    """Captions, tags of a vocabulary, described stretches and conversations about sound."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._network: Network | None = None
        self._max_seconds, self._sounds = 0.0, None
        timed = (configuration.timed_label,) if configuration.timed_label else ()
        self.information = Information(
            name="audio-language",
            version=VERSION,
            labels=tuple(dict.fromkeys((*configuration.labels, *timed))),
            sample_rate=features.SAMPLE_RATE,
            description="Describes and tags sound, and talks about it (an audio-language model).",
        )

    def load(self) -> None:
        """Read the checkpoint. Raises with a message that says what is lacking and what to do."""
        chosen = self._configuration
        folder = find_checkpoint(chosen.weights, chosen.checkpoint)
        family = FAMILIES[read_config(folder)["model_type"]]
        try:
            import torch

            from model_containers.audio_language.network import load
        except ModuleNotFoundError as error:
            raise NoCheckpointError(
                f"The package {error.name} is not installed: "
                "pip install -r model_containers/audio_language/requirements.txt"
            ) from None
        torch.set_num_threads(available_processors())
        if chosen.thinking and not family.thinks_with_adapter:
            raise ValueError(f"LABELBUDDY_THINKING is on, but {family.title} has no thinking adapter: leave it off.")
        network = load(folder, chosen.device, chosen.precision, thinking=chosen.thinking)
        self._max_seconds = network.max_seconds
        self._sounds = family.sounds
        self.information = replace(
            self.information,
            version=f"{VERSION}-{folder.name}{'-think' if chosen.thinking else ''}",
            description=f"{family.title}: describes and tags sound, and talks about it.",
            license=license_of(folder),
            device=network.device,
        )
        self._network = network

    def predict(self, samples: Samples, options: Options) -> Answer:
        """A caption; tags where there is a vocabulary; described stretches where there is a label for them."""
        chosen = self._configuration
        lowest = 0.0 if options.threshold is None else options.threshold
        texts: list[str] = []
        regions: list[Caption] = []
        thoughts: list[str] = []
        notes: list[str] = []
        best: dict[str, Tag] = {}
        parts = features.windows(samples, self._max_seconds)
        for begin, part in parts:
            thought, text, _ = decode.parted(self._asked(chosen.prompt, part))
            texts += [text.strip()] if text.strip() else []
            thoughts += [thought] if thought else []
            if chosen.labels:
                found, told = decode.tags(self._asked(tag_prompt(chosen.labels), part), chosen.labels)
                notes += told
                for tag in found:
                    best[tag.label] = max(tag, best.get(tag.label, tag), key=lambda one: one.score)
            if chosen.timed_label:
                duration = len(part) / features.SAMPLE_RATE
                stretches, told = decode.captions(self._asked(TIMED_PROMPT, part), chosen.timed_label, begin, duration)
                regions += stretches
                notes += told
        if len(parts) > 1:
            notes.append(f"Asked in {len(parts)} parts: the model hears at most {self._max_seconds:g} s at once.")
        tags = sorted((tag for tag in best.values() if tag.score >= lowest), key=lambda tag: -tag.score)
        return Answer(
            regions=tuple(region for region in regions if region.score >= lowest),
            tags=tuple(tags[: options.top_k]),
            text=({"text": "\n".join(texts)},) if texts else (),
            notes=tuple(dict.fromkeys(notes)),
            reasoning="\n".join(thoughts),
        )

    def chat(self, messages: Sequence[ChatMessage], options: ChatOptions) -> Iterator[str]:
        """The answer of a conversation, a token a piece. Raises `UnusableChatError` at once for too much sound."""
        sounds = [sound for message in messages for sound in message.sounds]
        if self._sounds is not None and len(sounds) > self._sounds:
            raise UnusableChatError(f"the conversation has {len(sounds)} sounds; this model takes {self._sounds}")
        longest = max((len(sound) / features.SAMPLE_RATE for sound in sounds), default=0.0)
        if longest > self._max_seconds:
            raise UnusableChatError(
                f"a sound lasts {longest:.1f} s; this model hears at most {self._max_seconds:g} s at once "
                "(input_schema.max_seconds in its file has LabelBuddy ask in pieces)"
            )
        asked = _asked_to_think(messages) if self._configuration.thinking else messages
        return _texts(self._loaded().answer(asked, options, self._configuration.seed))

    def _asked(self, prompt: str, samples: Samples) -> list[Piece]:
        question = [ChatMessage("user", prompt, (samples,))]
        options = ChatOptions(self._configuration.max_tokens, 0.0)
        return list(self._loaded().answer(question, options, self._configuration.seed))

    def _loaded(self) -> Network:
        if self._network is None:
            raise RuntimeError("the weights are not loaded")
        return self._network


def _texts(pieces: Generator[Piece]) -> Iterator[str]:
    with closing(pieces):
        yield from (piece.text for piece in pieces)


TIMED_PROMPT = (
    "Describe what happens in this recording from its beginning to its end. Write one line for each part, beginning "
    "with the times in minutes and seconds, like this: [0:00 - 0:15] words."
)


def tag_prompt(labels: Sequence[str]) -> str:
    """What is asked for tags of a vocabulary."""
    return (
        "Which of these labels fit this recording? Answer with those that fit, separated by commas, and with nothing "
        f"else: {', '.join(labels)}."
    )


def _asked_to_think(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """With the sentence that the thinking adapter was trained with, at the end of the newest question."""
    from model_containers.audio_language.adapter import ASKED

    newest = max((place for place, one in enumerate(messages) if one.role == "user"), default=None)
    return [
        replace(one, text=f"{one.text}\n{ASKED}".lstrip()) if place == newest else one
        for place, one in enumerate(messages)
    ]

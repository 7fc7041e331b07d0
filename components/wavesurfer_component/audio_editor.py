"""The audio editor for any Streamlit app: no LabelBuddy server, no database, the document comes back to the script.

docs/component.md describes it for people who use it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import streamlit as st
from streamlit import runtime

from components.wavesurfer_component import bundle
from labelbuddy_core.domain.given_documents import (
    GivenDocument,
    checked_document,
    complete_document,
    complete_predictions,
)
from labelbuddy_core.domain.label_sets import Label, complete
from labelbuddy_core.domain.preferences import Language
from labelbuddy_core.domain.templates import Controls
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.recordings import standalone_analyses, standalone_audio, standalone_sounds
from labelbuddy_core.services.recordings.standalone_analyses import SecondLook
from labelbuddy_core.services.recordings.standalone_audio import Audio, Given
from labelbuddy_core.services.recordings.standalone_sounds import Sound

Document = dict[str, Any]
Control = Literal["regions", "points", "tags", "caption"]
_CONTROLS = ("regions", "points", "tags", "caption")
_BINARY = "application/octet-stream"


def audio_editor(
    audio: Audio,
    labels: Sequence[str | Mapping[str, Any]],
    *,
    key: str,
    document: GivenDocument | None = None,
    suggestions: GivenDocument | None = None,
    controls: Collection[Control] = ("regions",),
    instructions: str = "",
    height: int | Literal["content"] = "content",
    readonly: bool = False,
    language: Language = "auto",
    on_change: Callable[[Document], None] | None = None,
) -> Document:
    """Show an editor for a recording; returns its annotation document (`labelbuddy/annotation@1`) as it is now.

    - `audio`: path of an audio file, its bytes, or (samples, sample rate in Hz), where samples are a float array of
      shape (frames,) or (channels, frames) with full scale at ±1.
    - `labels`: names, or objects as the API has them (`name`, `color`, `key`, `overlap`, `shortest`, `attributes` …);
      a label's id is its name unless it has another one.
    - `key`: names the widget; needed, because the document is kept under it.
    - `document`: what to begin with: a document, or only a list of regions. It is read when the editor first shows this
      recording under this key; later ones are ignored.
    - `suggestions`: what models suggest: a document, or {document, model, version, license, notes}, or several of them.
    - `controls`: what can be marked beside regions: `points` (beats and instants), `tags` and `caption` of the clip.
    - `height` in pixels; `readonly` only shows; `language` of the texts: `auto` is what the browser prefers.
    - `on_change` gets each new document before the script runs again.

    The browser sends the document a moment after an edit, at most twice a second. Raises `Invalid` naming the argument
    that is wrong, `AudioProblem` for audio that cannot be used.
    """
    label_set = _label_set(labels)
    offered = _offered(controls)
    if language not in get_args(Language):
        raise Invalid(f"language is one of {', '.join(get_args(Language))}.", field="language")
    given = standalone_audio.given(audio)
    sound = _opened(given)
    recording = f"{key}:{given.sha256[:24]}"
    begun = _begun(key, recording, lambda: complete_document(document, label_set, sound.duration, "document"))
    predictions = complete_predictions(suggestions, label_set, sound.duration, "suggestions")
    if not runtime.exists():  # run as a plain script: there is no browser
        return begun.document

    def take() -> None:
        state = st.session_state.get(key)
        edited = state.get("document") if isinstance(state, Mapping) else None
        if begun.take(edited, label_set, sound.duration) and on_change is not None:
            on_change(begun.document)

    page = {
        "recording": recording,
        "base": begun.base,
        "sound": _about(given, sound),
        "labels": [_label_json(label) for label in label_set],
        "controls": offered.as_json(),
        "instructions": instructions,
        "language": language,
    }
    second_look = standalone_analyses.second_look(sound)
    bundle.standalone()(
        key=key,
        data={
            "mode": "embedded",
            "identity": _digest(page),
            "code": _code(key),
            **page,
            **_files(key, sound, second_look),
            "document": _json_address(key, "document", begun.document),
            "predictions": _json_address(key, "predictions", predictions),
            "readonly": readonly,
            "received": begun.received,
        },
        height=height,
        on_document_change=take,
    )
    before = begun.received
    take()  # a state that came without its callback: the server was restarted
    if begun.received != before:
        _tell_in_another_run([])
    if second_look.running:
        _await_second_look(sound)
    return begun.document


@dataclass
class _Begun:
    """What is known of one editor in one session of the app."""

    recording: str
    base: str
    """Hash of the initial document."""
    document: Document
    received: dict[str, Any] | None = None
    """Which document of the browser is here: {client, sequence, problem}."""

    def take(self, edited: Any, labels: Sequence[Label], stop: float) -> bool:
        """Take a document that the browser sent; False when it is not new, or wrong."""
        if not isinstance(edited, Mapping) or edited.get("recording") != self.recording:
            return False
        client, sequence = str(edited.get("client")), edited.get("sequence")
        seen = self.received
        if not isinstance(sequence, int) or (seen and seen["client"] == client and seen["sequence"] >= sequence):
            return False
        self.received = {"client": client, "sequence": sequence, "problem": None}
        try:
            self.document = checked_document(edited.get("document"), labels, stop)
        except Invalid as error:
            self.received["problem"] = error.detail
            return False
        return True


def _begun(key: str, recording: str, initial: Callable[[], Document]) -> _Begun:
    """What this session knows of the editor; begins anew with another recording."""
    kept = f"_labelbuddy_audio_editor_{key}"
    begun = st.session_state.get(kept)
    if begun is None or begun.recording != recording:
        document = initial()
        begun = st.session_state[kept] = _Begun(recording, _digest(document), document)
    return begun


@st.fragment(run_every=0.5)
def _tell_in_another_run(waited: list[bool]) -> None:
    """Run the script once more, after this run: the editor was drawn before its document came, and hears of it then."""
    if waited:
        st.rerun()
    waited.append(True)


@st.fragment(run_every=1.0)
def _await_second_look(sound: Sound) -> None:
    """Run the script once more when onsets, beats and the zoomed-out spectrogram are there."""
    if not standalone_analyses.second_look(sound).running:
        st.rerun()


def _opened(given: Given) -> Sound:
    place = st.empty()  # always there, so that the elements after it stay where they are
    if standalone_sounds.is_open(given.sha256):
        return standalone_sounds.open_sound(given)
    with place, st.spinner(f"Reading {given.name}…"):
        return standalone_sounds.open_sound(given)


def _label_set(labels: Sequence[str | Mapping[str, Any]]) -> tuple[Label, ...]:
    if isinstance(labels, str) or not labels:
        raise Invalid("Give at least one label: a list of names, or of objects with a name.", field="labels")
    entries = [{"name": label} if isinstance(label, str) else dict(label) for label in labels]
    return complete({**entry, "id": entry.get("id") or entry.get("name")} for entry in entries)


def _label_json(label: Label) -> dict[str, Any]:
    rules = label.rules.as_json()
    about = {"id": label.id, "name": label.name, "color": label.color, "key": label.key}
    return {**about, "parent": label.parent, "description": label.description, **rules}


def _offered(controls: Collection[str]) -> Controls:
    unknown = [control for control in controls if control not in _CONTROLS]
    if isinstance(controls, str) or unknown:
        raise Invalid(f"controls are some of {', '.join(_CONTROLS)}.", field="controls")
    return Controls(regions=True, **{control: True for control in controls if control != "regions"})


def _about(given: Given, sound: Sound) -> dict[str, Any]:
    return {
        "name": given.name,
        "sample_rate": sound.sample_rate,
        "channels": sound.channels,
        "frames": sound.frames,
        "samples_offset": sound.samples_offset,
        "warning": sound.warning,
        "spectrogram": sound.spectrogram(),
    }


def _files(key: str, sound: Sound, found: SecondLook) -> dict[str, Any]:
    """Addresses of what the browser fetches of a recording."""

    def address(content: memoryview | None, kind: str, name: str) -> str | None:
        return None if content is None else _address(key, name, content, kind, f"{sound.sha256}-{name}")

    return {
        "files": {
            "audio": address(sound.audio, sound.media_type, "audio"),
            "peaks": address(sound.peaks, _BINARY, "peaks"),
            "samples": address(sound.samples, "audio/wav", "samples"),
            "analysis": address(found.analysis, "application/json", "analysis"),
            "spectrogram": address(found.spectrogram, _BINARY, "spectrogram"),
        },
        "analyzing": found.running,
    }


def _json_address(key: str, name: str, value: Any) -> str:
    content = json.dumps(value).encode()
    return _address(key, name, content, "application/json", hashlib.sha256(content).hexdigest())


def _code(key: str) -> str:
    script = bundle.code()
    return _address(key, "code", script, "text/javascript", hashlib.sha256(script).hexdigest())


def _address(key: str, name: str, content: bytes | memoryview, kind: str, content_name: str) -> str:
    """Where Streamlit's server has some bytes during this run of the script and until the next one.

    It tells large files apart by a few of their bytes only, and by the file name: this one names the whole content.
    """
    media = runtime.get_instance().media_file_mgr
    address = media.add(cast(bytes, content), kind, f"labelbuddy.{key}.{name}", file_name=content_name)
    return bundle.base_path() + address if address.startswith("/") else address


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]

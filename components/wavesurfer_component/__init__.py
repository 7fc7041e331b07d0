"""The audio editor and the review editor as Streamlit components around wavesurfer.js.

`audio_editor` works in any Streamlit app. The others are parts of LabelBuddy's pages: the browser fetches and saves
over the HTTP API, as the `person` (an id) whose page it is; Streamlit only hears of what changes the page: going on to
another task (`navigate`) and a finished review (`reviewed`). For them the bundle in `dist/` is served by the web server
under `/lb-assets/`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.wavesurfer_component.audio_editor import audio_editor
from components.wavesurfer_component.bundle import base_path, served, served_player

__all__ = [
    "annotation_editor",
    "audio_editor",
    "label_files_area",
    "model_answers",
    "review_editor",
    "stretch_player",
    "upload_area",
    "verify_grid",
]
API = "/api/v1"


def annotation_editor(
    *,
    person: int,
    task: str,
    project: str,
    key: str,
    at: float | None = None,
    on_navigate: Callable[[], None] | None = None,
) -> Any:
    """The editor for one task of the signed-in annotator; it opens at `at` (s), else where it was left.

    After a submission the result's `navigate` is {"task": id of the next task, or None}, after a withdrawal {"task": id
    of the same}; `on_navigate` is called then.
    """
    data = {"mode": "annotate", "task": task, "project": project, **_asked(person), **_place(at)}
    return served()(key=key, data=data, height="content", on_navigate_change=on_navigate or _nothing)


def review_editor(
    *, person: int, task: str, project: str, annotation: str, key: str, on_reviewed: Callable[[], None] | None = None
) -> Any:
    """The review of one annotation.

    After a decision the result's `reviewed` is {"annotation": id, "decision": approve or reject}.
    """
    data = {"mode": "review", "task": task, "project": project, "annotation": annotation, **_asked(person)}
    return served()(key=key, data=data, height="content", on_reviewed_change=on_reviewed or _nothing)


def verify_grid(
    *, person: int, project: str, label: str, key: str, on_verified: Callable[[], None] | None = None
) -> Any:
    """The regions of one label that wait for the signed-in reviewer, as small spectrograms, the least certain first.

    When whole annotations were decided, the result's `verified` is {"decided": number of annotations}.
    """
    data = {"mode": "verify", "project": project, "label": label, **_asked(person)}
    return served()(key=key, data=data, height="content", on_verified_change=on_verified or _nothing)


def model_answers(*, person: int, task: str, project: str, key: str, at: float | None = None) -> Any:
    """What models said of a task, to see and hear over its waveform and spectrogram; for managers of the project.

    It opens at `at` (s), else where it was left.
    """
    data = {"mode": "looking", "task": task, "project": project, **_asked(person), **_place(at)}
    return served()(key=key, data=data, height="content")


def people_answers(*, person: int, task: str, project: str, at: float, key: str) -> Any:
    """What annotators handed in of a task, each in lanes of their own, opened at an instant (seconds), to see and hear;
    for managers of the project and reviewers of the task."""
    data = {"mode": "looking", "people": True, "task": task, "project": project, "at": at, **_asked(person)}
    return served()(key=key, data=data, height="content")


def stretch_player(
    *,
    person: int,
    task: str,
    start: float,
    stop: float,
    says: str,
    measured: dict[str, Any] | None,
    preferences: dict[str, Any],
    me: str,
    key: str,
) -> Any:
    """A player of seconds `start` to `stop` of a task's recording, as loud as the editor would play it.

    `measured` is the level of the recording (`measured_level`), `preferences` what the person `me` set (leveling and
    loudness), `says` what is told to those who do not see.
    """
    data = {
        "mode": "stretch", **_asked(person), "task": task, "start": start, "stop": stop, "says": says,
        "measured": measured, "preferences": preferences, "me": me,
    }  # fmt: skip
    return served_player()(key=key, data=data, height="content")


def upload_area(*, person: int, project: str, key: str, on_uploaded: Callable[[], None] | None = None) -> Any:
    """A place to drop audio files for a project; they are sent to the API in parts and continue after interruptions.

    When all are through, the result's `uploaded` is {"count": number of files}.
    """
    data = {"mode": "upload", "project": project, **_asked(person)}
    return served()(key=key, data=data, height="content", on_uploaded_change=on_uploaded or _nothing)


def label_files_area(*, person: int, project: str, key: str, on_uploaded: Callable[[], None] | None = None) -> Any:
    """A place to drop files of labels; what is dropped together becomes one import of annotations, which is checked.

    When all are sent, the result's `uploaded` is {"count": number of files}.
    """
    data = {"mode": "labels", "project": project, **_asked(person)}
    return served()(key=key, data=data, height="content", on_uploaded_change=on_uploaded or _nothing)


def _asked(person: int) -> dict[str, str]:
    """Where the API is, and whose page asks: the browser's session may become another's in another tab."""
    return {"api": base_path() + API, "person": str(person)}


def _place(at: float | None) -> dict[str, float]:
    return {} if at is None else {"at": at}


def _nothing() -> None:
    """Streamlit wants a callback for every trigger that is reported."""

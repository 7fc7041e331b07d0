"""Exports for machine learning: AudioFolder, Parquet and Croissant, with the audio and a card."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations
from labelbuddy_core.services.exports import exports
from labelbuddy_core.settings import get_settings

HUMAN = {"kind": "human"}
DOCUMENT = {
    "schema": "labelbuddy/annotation@1",
    "regions": [
        {"id": "r1", "start": 1.25, "end": 2.5, "label": "dog", "low": 100.0, "high": 400.0, "origin": HUMAN},
        {"id": "r2", "start": 2.0, "end": 3.0, "label": "speech", "text": "Sitz!", "origin": HUMAN},
    ],
    "tags": [{"label": "music", "origin": HUMAN}],
    "caption": {"text": "A dog hears a word.", "origin": HUMAN},
}
AUDIO = b"RIFF-not-really"


@pytest.fixture
def export(
    make_user: Callable[..., Actor], make_project: Callable[..., str], add_task: Callable[..., str], tmp_path: Any
) -> Callable[..., bytes]:
    """One annotated recording whose original is in the storage, and one that nobody annotated."""
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    task = add_task(project, name="song.wav", annotators=(anna,))
    add_task(project, name="quiet.wav")
    annotations.replace(anna, task, Replacement(client=uuid4(), sequence=1, base_revision=0, document=DOCUMENT))
    with get_database().write() as session:
        for recording in session.query(Recording):
            recording.sha256 = hashlib.sha256(AUDIO + recording.name.encode()).hexdigest()
            recording.attributes = {"license": "CC BY 4.0"} if recording.name == "song.wav" else {}
            file = tmp_path / recording.name
            file.write_bytes(AUDIO + recording.name.encode())
            open_store(get_settings()).put_file(original_key(recording.sha256), file)

    def run(form: str, audio: str = "none") -> bytes:
        return b"".join(exports.open_export(manager, project, format_name=form, audio=audio).blocks)

    return run


def test_an_audiofolder_has_its_audio_where_the_metadata_says_and_a_card(export: Callable[..., bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(export("audiofolder")))
    song, quiet = (orjson.loads(line) for line in archive.read("metadata.jsonl").splitlines())
    assert archive.read(song["file_name"]) == AUDIO + b"song.wav"
    assert archive.read(quiet["file_name"]) == AUDIO + b"quiet.wav"
    assert [(one["start"], one["label"], one["annotator"]) for one in song["events"]] == [
        (1.25, "Dog", "anna"), (2.0, "Speech", "anna"),
    ]  # fmt: skip
    assert (song["tags"][0]["label"], song["captions"][0]["text"]) == ("Music", "A dog hears a word.")
    assert quiet["events"] == []
    head, _, body = archive.read("README.md").decode().removeprefix("---\n").partition("\n---\n")
    assert yaml.safe_load(head)["pretty_name"] == "Street sounds"
    assert "| Dog | 1 | 0 |" in body
    assert yaml.safe_load(head)["license"] == ["cc-by-4.0", "unknown"]
    assert "- CC BY 4.0: 1 row\n" in body
    assert "- not stated: 1 row\n" in body


@pytest.mark.parametrize("audio", ["none", "included"])
def test_parquet_is_read_by_pyarrow_and_pandas_with_the_audio_within(export: Callable[..., bytes], audio: str) -> None:
    data = export("parquet", audio)
    table = pq.read_table(io.BytesIO(data))
    song = table.to_pylist()[0]
    assert song["audio"]["bytes"] == (AUDIO + b"song.wav" if audio == "included" else None)
    assert song["audio"]["path"].endswith("song.wav")
    assert (song["events"][0]["low"], song["events"][1]["text"]) == (100.0, "Sitz!")
    features = orjson.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["audio"] == {"_type": "Audio"}
    assert set(features) == set(table.column_names)
    assert pd.read_parquet(io.BytesIO(data))["recording"].tolist() == ["song.wav", "quiet.wav"]


def test_croissant_describes_the_table_beside_it(export: Callable[..., bytes]) -> None:
    archive = zipfile.ZipFile(io.BytesIO(export("croissant")))
    table = archive.read("events.csv")
    described = orjson.loads(archive.read("croissant.json"))
    (file,) = described["distribution"]
    assert (file["contentUrl"], file["sha256"]) == ("events.csv", hashlib.sha256(table).hexdigest())
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    (records,) = described["recordSet"]
    assert [one["source"]["extract"]["column"] for one in records["field"]] == list(rows[0])
    assert [(one["kind"], one["label"]) for one in rows] == [
        ("event", "Dog"), ("event", "Speech"), ("tag", "Music"), ("caption", ""),
    ]  # fmt: skip
    assert archive.read(rows[0]["audio"]) == AUDIO + b"song.wav"

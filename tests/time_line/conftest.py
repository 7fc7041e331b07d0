"""Recordings of every kind in a running installation, and a page that tells what a browser plays after a seek."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from labelbuddy_core.audio.decoding import Decoder
from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import ingestion, uploads
from labelbuddy_core.services.tasks import queues
from labelbuddy_core.web.application import api
from labelbuddy_core.web.authentication import COOKIE
from tests.time_line.kinds import CONTEXT_RATE, FORMATS, write

PAGE = """<!doctype html><meta charset="utf-8"><title>Hearing</title><script>
const context = new AudioContext({ sampleRate: 48000, latencyHint: "playback" });
const capture = URL.createObjectURL(new Blob([`
  registerProcessor("capture", class extends AudioWorkletProcessor {
    process([input]) {
      this.port.postMessage(input.length ? input[0].slice() : new Float32Array(128));
      return true;
    }
  });`], { type: "text/javascript" }));
let audio = null, heard = null, clock = [];

async function open(url) {
  await context.audioWorklet.addModule(capture);
  audio = new Audio(url);
  audio.preload = "auto";
  const node = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit" });
  node.port.onmessage = ({ data }) => {
    if (!heard) return;
    for (const sample of data) heard.push(sample);
    clock.push([heard.length, audio.currentTime]);
  };
  context.createMediaElementSource(audio).connect(node);
  node.connect(context.destination);
  await new Promise((done, fail) => {
    audio.oncanplaythrough = done;
    audio.onerror = () => fail(new Error("refused: " + (audio.error && audio.error.message)));
  });
  await context.resume();
  return audio.duration;
}

/* The first samples that sound when playing begins at a time. */
async function hear(seconds, count) {
  audio.pause();
  if (audio.currentTime !== seconds) // else Firefox tells of no seek
    await new Promise((done) => { audio.onseeked = done; audio.currentTime = seconds; });
  await new Promise((done) => setTimeout(done, 250)); // what was still sounding is gone
  heard = [];
  clock = [];
  await audio.play();
  const until = performance.now() + 4000;
  let first = -1;
  while (performance.now() < until) {
    await new Promise((done) => setTimeout(done, 30));
    if (first < 0) first = heard.findIndex((sample) => Math.abs(sample) > 1e-4);
    if (first >= 0 && heard.length >= first + count) break;
  }
  audio.pause();
  const samples = first < 0 ? [] : heard.slice(first, first + count);
  heard = null;
  return { samples, clock: clock.filter(([until]) => until > first).map(([until, at]) => [until - first, at]) };
}
</script>"""


@pytest.fixture
def listening(
    make_user: Callable[..., Actor], make_project: Callable[..., str], tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """A server with a task for each of FORMATS, ready to be played, and the cookie of who may."""
    manager = make_user("manager")
    project = make_project(managers=(manager,), annotators=(manager,))
    places: dict[str, dict[str, Any]] = {}
    for title, (name, rate, options) in FORMATS.items():
        source = tmp_path / name
        write(source, rate, options)
        with uploads.begin_upload(manager, project, name[0], name=name, size=source.stat().st_size) as incoming:
            incoming.write(source.read_bytes())
        recording = uploads.finish_upload(manager, project, name[0], incoming)["recording"]
        assert ingestion.ingest_recording(int(recording["id"]), lambda _: None) == "ready", title
        with Decoder(source) as decoder:
            decoded = np.concatenate([block.mean(axis=0) for block in decoder.blocks()])
            rate = decoder.format.sample_rate
        line = decoded if rate == CONTEXT_RATE else soxr.resample(decoded, rate, CONTEXT_RATE, "VHQ")
        places[title] = {"line": line, "recording": recording["id"], "duration": len(decoded) / rate}
    for task in _tasks(manager, project, len(places)):
        (place,) = [one for one in places.values() if one["recording"] == task["recording"]["id"]]
        place["url"] = f"/api/v1/tasks/{task['id']}/audio"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = Starlette(routes=[Route("/page", lambda _: HTMLResponse(PAGE)), Mount("/api", app=api())])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    token = open_session(manager.id, address="test", user_agent="test").token
    yield {"address": f"http://127.0.0.1:{port}", "cookie": (COOKIE, token), "places": places}
    server.should_exit = True
    thread.join(10)


def _tasks(manager: Actor, project: str, count: int) -> list[dict[str, Any]]:
    from labelbuddy_core.services.tasks import tasks

    assert queues.next_task(manager, project)
    found = tasks.list_tasks(manager, project, limit=count)["items"]
    assert len(found) == count
    return found


def position(samples: list[float], line: np.ndarray, near: float) -> float:
    """Seconds on the recording's time line where these samples are, looked for within a second of `near`."""
    sound = np.array(samples)
    first = max(0, round((near - 1.0) * CONTEXT_RATE))
    around = line[first : round((near + 1.5) * CONTEXT_RATE)]
    length = 1 << int(np.ceil(np.log2(len(around) + len(sound))))
    scores = np.fft.irfft(np.fft.rfft(around, length) * np.conj(np.fft.rfft(sound, length)), length)
    scores = scores[: len(around) - len(sound)]
    energy = np.convolve(around**2, np.ones(len(sound)), "valid")[: len(scores)]
    best = int((scores / np.sqrt(energy + 1e-9)).argmax())
    assert scores[best] / np.sqrt(energy[best] * (sound**2).sum() + 1e-12) > 0.5, "this is not the recording"
    return (first + best) / CONTEXT_RATE

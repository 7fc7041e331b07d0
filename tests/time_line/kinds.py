"""Recordings of every accepted kind, of noise that is unlike itself at any other time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
import soxr

from labelbuddy_core.audio.encoding import encode

CONTEXT_RATE = 48_000
SECONDS = 75.0


def noise(seconds: float, rate: int) -> np.ndarray:
    """Noise that is unlike itself at any other time, louder and quieter so that variable bit rates vary."""
    random = np.random.default_rng(20)
    raw = random.standard_normal(round(seconds * CONTEXT_RATE))
    spectrum = np.fft.rfft(raw)
    spectrum[round(3500 * seconds) :] = 0.0  # what every codec and rate here keeps
    samples = np.fft.irfft(spectrum, len(raw))
    loudness = np.repeat(random.uniform(0.02, 0.3, round(seconds) + 1), CONTEXT_RATE)[: len(raw)]
    samples = (samples / samples.std() * loudness * 0.6).astype(np.float32)
    return samples if rate == CONTEXT_RATE else soxr.resample(samples, CONTEXT_RATE, rate, "VHQ")


def write(path: Path, rate: int, options: dict[str, Any]) -> None:
    """Encode the noise as the name of the file says."""
    samples = noise(SECONDS, rate)[np.newaxis].repeat(options.get("channels", 1), axis=0)
    if "subtype" in options:
        soundfile.write(path, samples.T, rate, subtype=options["subtype"], format=options.get("format"))
    elif options.get("video"):
        write_video(path, rate, samples)
    else:
        blocks = [samples[:, first : first + rate] for first in range(0, samples.shape[1], rate)]
        encode(blocks, rate, path, variable=options.get("variable", False))
    if options.get("untagged"):
        data = path.read_bytes()
        at = max(data.find(b"Xing"), data.find(b"Info"))
        frame = data.rfind(b"\xff\xfb", 0, at)
        following = data.find(b"\xff\xfb", at + 100)
        path.write_bytes(data[:frame] + data[following:])
    if options.get("picture"):
        picture = b"\x03image/png\0\x03\0" + np.random.default_rng(9).bytes(500_000)
        frame = b"APIC" + _synchsafe(len(picture)) + b"\0\0" + picture
        path.write_bytes(b"ID3\x04\x00\x00" + _synchsafe(len(frame)) + frame + path.read_bytes())
    if options.get("broadcast"):
        data = path.read_bytes()
        chunk = b"bext" + (602).to_bytes(4, "little") + b"A take".ljust(602, b"\0")
        path.write_bytes(b"RIFF" + (len(data) + len(chunk) - 8).to_bytes(4, "little") + b"WAVE" + chunk + data[12:])


def _synchsafe(size: int) -> bytes:
    """A size as ID3v2.4 writes it: seven bits a byte."""
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def write_video(path: Path, rate: int, samples: np.ndarray) -> None:
    """An MP4 with a picture track before the sound."""
    with av.open(str(path), "w", format="mp4") as file:
        picture = file.add_stream("mpeg4", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = file.add_stream("aac", rate=rate, layout="mono")
        for number in range(round(SECONDS * 5)):
            shade = np.full((48, 64, 3), number % 256, np.uint8)
            file.mux(picture.encode(av.VideoFrame.from_ndarray(shade)))
            first = number * rate // 5
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, first : first + rate // 5]), format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts = rate, first
            file.mux(sound.encode(frame))
        file.mux(picture.encode(None))
        file.mux(sound.encode(None))


FORMATS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "WAV, 16 bits": ("a.wav", 44_100, {"subtype": "PCM_16"}),
    "WAV, 24 bits, 96 kHz": ("b.wav", 96_000, {"subtype": "PCM_24"}),
    "WAV, float": ("c.wav", 48_000, {"subtype": "FLOAT"}),
    "WAV, 8 bits, 8 kHz": ("d.wav", 8_000, {"subtype": "PCM_U8"}),
    "RF64": ("e.wav", 44_100, {"subtype": "PCM_16", "format": "RF64"}),
    "FLAC": ("f.flac", 44_100, {"subtype": "PCM_16"}),
    "AIFF": ("g.aiff", 44_100, {"subtype": "PCM_16"}),
    "MP3, constant": ("h.mp3", 44_100, {}),
    "MP3, variable": ("i.mp3", 44_100, {"variable": True}),
    "MP3, variable, without Xing tag": ("j.mp3", 44_100, {"variable": True, "untagged": True}),
    "MP3, 8 kHz": ("k.mp3", 8_000, {}),
    "Ogg Vorbis": ("l.ogg", 44_100, {}),
    "Ogg Opus": ("m.opus", 48_000, {}),
    "M4A": ("n.m4a", 44_100, {}),
    "ADTS": ("o.aac", 44_100, {}),
    "WebM Opus": ("p.webm", 48_000, {}),
    "WAV, 32 bits, 192 kHz": ("q.wav", 192_000, {"subtype": "PCM_32"}),
    "WAV, 6 channels": ("r.wav", 48_000, {"subtype": "PCM_16", "channels": 6}),
    "FLAC, 8 channels": ("s.flac", 44_100, {"subtype": "PCM_16", "channels": 8}),
    "BWF": ("t.wav", 48_000, {"subtype": "PCM_24", "broadcast": True}),
    "MP3 with a picture": ("u.mp3", 44_100, {"picture": True}),
    "MP4 with video": ("v.mp4", 44_100, {"video": True}),
}

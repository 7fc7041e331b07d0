"""The recording of the editor's tests: a tone of twenty seconds, its samples and its peaks."""

from __future__ import annotations

import io
import json
import struct
import wave

import numpy as np

RATE = 8000
SECONDS = 20.0


def tone() -> bytes:
    """20 s of a quiet tone with louder stretches, as a WAV file."""
    time = np.arange(int(SECONDS * RATE)) / RATE
    loud = 0.2 + 0.5 * (np.sin(2 * np.pi * time / 5) > 0)
    samples = (loud * np.sin(2 * np.pi * 220 * time) * 32767).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return target.getvalue()


def samples_of(audio: bytes) -> np.ndarray:
    """The samples of a mono 16-bit WAV file, −1 to 1."""
    with wave.open(io.BytesIO(audio)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def pyramid(audio: bytes, channels: int = 1) -> bytes:
    """The peaks of a mono 16-bit WAV file in the format LBPK 1, two levels; of so many channels alike."""
    with wave.open(io.BytesIO(audio)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 256
    levels, blocks = [], []
    offset = 4096
    for per_bucket in (256, 1024):
        buckets = -(-len(samples) // per_bucket)
        padded = np.pad(samples, (0, buckets * per_bucket - len(samples))).reshape(buckets, per_bucket)
        pairs = np.stack([np.floor(padded.min(1)), np.ceil(padded.max(1))], 1).clip(-128, 127).astype(np.int8)
        pairs = np.repeat(pairs[:, np.newaxis], channels, axis=1)
        levels.append({"samples_per_bucket": per_bucket, "offset": offset, "buckets": buckets})
        blocks.append(pairs.tobytes())
        offset += pairs.nbytes
    about = {"version": 1, "sample_rate": RATE, "frames": len(samples), "channels": channels, "levels": levels}
    header = json.dumps(about).encode()
    return (b"LBPK" + struct.pack("<I", len(header)) + header).ljust(4096, b"\0") + b"".join(blocks)

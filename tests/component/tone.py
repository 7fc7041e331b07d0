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
    return wave_file((loud * np.sin(2 * np.pi * 220 * time))[np.newaxis])


def wave_file(samples: np.ndarray) -> bytes:
    """A 16-bit WAV file of samples (channels × frames, −1 to 1)."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return target.getvalue()


def samples_of(audio: bytes) -> np.ndarray:
    """The samples of a 16-bit WAV file, −1 to 1: channels × frames."""
    with wave.open(io.BytesIO(audio)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
    return frames.T.astype(np.float32) / 32768


def pyramid(audio: bytes, channels: int = 1) -> bytes:
    """The peaks of a 16-bit WAV file in the format LBPK 1, two levels; each channel so many times."""
    samples = np.repeat(samples_of(audio).astype(float) * 128, channels, axis=0)
    channels, frames = samples.shape
    levels, blocks = [], []
    offset = 4096
    for per_bucket in (256, 1024):
        buckets = -(-frames // per_bucket)
        padded = np.pad(samples, ((0, 0), (0, buckets * per_bucket - frames))).reshape(channels, buckets, per_bucket)
        pairs = np.stack([np.floor(padded.min(2)), np.ceil(padded.max(2))], 2).clip(-128, 127).astype(np.int8)
        levels.append({"samples_per_bucket": per_bucket, "offset": offset, "buckets": buckets})
        blocks.append(pairs.transpose(1, 0, 2).tobytes())
        offset += pairs.nbytes
    about = {"version": 1, "sample_rate": RATE, "frames": frames, "channels": channels, "levels": levels}
    header = json.dumps(about).encode()
    return (b"LBPK" + struct.pack("<I", len(header)) + header).ljust(4096, b"\0") + b"".join(blocks)

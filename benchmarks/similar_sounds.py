"""How long a search among a million feature vectors takes, and its memory: `python -m benchmarks.similar_sounds`."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from labelbuddy_core.domain.similarity import Query
from labelbuddy_core.inference.embedding import CheckedEmbedding
from labelbuddy_core.inference.vector_index import VectorIndex


def main(arguments: list[str]) -> int:
    """Make vectors, read them into the files, search; print seconds and the growth of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sounds", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=1000, help="vectors of each sound")
    parser.add_argument("--dimensions", type=int, default=65)
    asked = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    times = np.stack([np.arange(asked.seconds), np.arange(asked.seconds) + 1.0], axis=1)

    def blob(_: str) -> bytes:
        vectors = random.standard_normal((asked.seconds, asked.dimensions), dtype=np.float32)
        return CheckedEmbedding(times, vectors.astype(np.float16)).packed()

    with tempfile.TemporaryDirectory() as folder:
        index = VectorIndex(Path(folder), asked.dimensions)
        names = [str(number) for number in range(asked.sounds)]
        began = time.perf_counter()
        index.refresh(names, blob, 1e9)
        say(f"read {asked.sounds * asked.seconds:,} vectors of {asked.dimensions}: {time.perf_counter() - began:.1f} s")
        direction = random.standard_normal(asked.dimensions).astype(np.float32)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for windows in (1, 5, 60):
            began, busy = time.perf_counter(), time.process_time()
            found, _ = index.search(names, Query(direction / np.linalg.norm(direction), windows))
            wall, spent = time.perf_counter() - began, time.process_time() - busy
            say(f"search for {windows} windows: {wall:.2f} s ({spent:.2f} CPU s), best {found[0].similarity:.2f}")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        say(f"memory grew by {grown / 1024:.0f} MiB, mapped files included")
    return 0


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

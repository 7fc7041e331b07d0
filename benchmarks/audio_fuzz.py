"""`python -m benchmarks.audio_fuzz --inputs 10000 --seed 1`: what becomes of damaged files, as JSON."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.fuzz.fuzzing import fuzz


def main() -> None:
    """Print outcomes; status 1 when an input was not answered with a result or a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for inputs that were answered badly")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        report = fuzz(folder, count=options.inputs, seed=options.seed)
    print(
        json.dumps(
            {
                "inputs": options.inputs,
                "seed": options.seed,
                "seconds": round(time.monotonic() - began, 1),
                "outcomes": report.outcomes,
                "reasons": report.sentences.most_common(25),
                "bad": report.bad[:50],
            },
            indent=1,
        )
    )
    raise SystemExit(1 if report.bad else 0)


if __name__ == "__main__":
    main()

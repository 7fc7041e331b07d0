"""What the app does with a remote model, as a program: run in the network namespace of the lab's machine.

`ask_remote_node.py URL WAV TIMEOUT [DATASET]` prints the answer, or {"problem": …}, as JSON; with a dataset it trains.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.inference.protocols.transport import open_session
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.settings import get_settings


def main() -> dict[str, object]:
    url, wav, timeout = sys.argv[1:4]
    resources = {"timeout_seconds": float(timeout)}
    specification = Specification.model_validate({"endpoint": url, "token": "node", "resources": resources})
    manager = RunningModels(get_settings())
    began = time.monotonic()
    try:
        with manager.running("node", specification, lambda _: None) as (client, digest):
            found: dict[str, object] = {"answer": client.predict(Path(wav), {}), "digest": digest}
        if len(sys.argv) > 4:
            with manager.endpoint("node", specification, lambda _: None) as endpoint, open_session(endpoint) as session:
                found["run"] = _train(session, endpoint, Path(sys.argv[4]))
        return found
    except LabelBuddyError as error:
        return {"problem": error.detail, "seconds": time.monotonic() - began}


def _train(session, endpoint, dataset: Path) -> dict[str, object]:  # type: ignore[no-untyped-def]
    with dataset.open("rb") as file:
        begun = session.post(f"{endpoint.url}/train", headers=endpoint.headers, files={"dataset": file}, timeout=30)
    begun.raise_for_status()
    while True:
        run = session.get(f"{endpoint.url}/train/{begun.json()['run']}", headers=endpoint.headers, timeout=30).json()
        if run["state"] != "running":
            return run
        time.sleep(0.1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()) + "\n")

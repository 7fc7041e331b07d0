"""An ML backend written with the public library label-studio-ml; run by the environment that has it."""

import sys
import wave
from pathlib import Path

from label_studio_ml.api import init_app
from label_studio_ml.model import LabelStudioMLBase
from label_studio_tools.core.utils.io import get_local_path

EVENTS = []


class Loudness(LabelStudioMLBase):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        (self.from_name, control), *_ = [
            (name, one) for name, one in self.parsed_label_config.items() if one["type"] == "Labels"
        ]
        self.to_name = control["to_name"][0]
        self.labels = control["labels"]

    def predict(self, tasks, **kwargs):
        predictions = []
        for task in tasks:
            with wave.open(get_local_path(task["data"]["audio"])) as sound:
                seconds = sound.getnframes() / sound.getframerate()
            value = {"start": 0.25, "end": seconds - 0.25, "labels": [self.labels[0]]}
            result = {"from_name": self.from_name, "to_name": self.to_name, "type": "labels", "value": value}
            predictions.append({"result": [{**result, "id": "a", "score": 0.75}], "score": 0.75})
        return predictions

    def process_event(self, event, data, job_id, additional_params):
        with Path("events").open("a") as file:
            file.write(f"{event} {data['annotation']['result'][0]['value']['labels'][0]}\n")
        return {}


if __name__ == "__main__":
    init_app(model_class=Loudness, model_dir=".").run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)

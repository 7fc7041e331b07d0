"""Serve an audio-language model: `python -m model_containers.audio_language`; configuration.py has its variables."""

from __future__ import annotations

import os
import sys

from model_containers.audio_language.app import AudioLanguageModel
from model_containers.audio_language.configuration import configuration
from model_containers.serving import serve

if __name__ == "__main__":
    try:
        chosen = configuration(os.environ)
    except ValueError as error:
        sys.exit(str(error))
    serve(AudioLanguageModel(chosen))

"""The network and its processor: loaded from a checkpoint in a chosen precision, and asked token by token."""

from __future__ import annotations

import importlib.util
import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (  # pyright: ignore[reportMissingImports] - only where this model runs
    AutoModelForSeq2SeqLM,
    AutoProcessor,
    BitsAndBytesConfig,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.generation.logits_process import (  # pyright: ignore[reportMissingImports]
    LogitsProcessor,
    LogitsProcessorList,
)
from transformers.generation.streamers import BaseStreamer  # pyright: ignore[reportMissingImports]

from model_containers.audio_language import adapter, features
from model_containers.audio_language.pieces import Piece, PieceReader
from model_containers.serving import ChatMessage, ChatOptions

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_BITS = {"8bit": {"load_in_8bit": True}, "4bit": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}}
_THINK = ("<think>", "</think>")


class NotAvailableError(RuntimeError):
    """What was asked for is not available on this machine; the message says what to choose instead."""


@dataclass
class Network:
    """A loaded checkpoint. One conversation at a time."""

    processor: Any
    model: Any
    device: str
    precision: str

    @property
    def max_seconds(self) -> float:
        """The longest sound that the processor hears whole: one window, or as many as it says."""
        return float(getattr(self.processor, "max_audio_len", self.processor.feature_extractor.chunk_length))

    def answer(self, messages: Sequence[ChatMessage], options: ChatOptions, seed: int) -> Generator[Piece]:
        """The answer, a token a piece. To close the iterator ends the computing after the present token."""
        said = features.inputs(self.processor, messages).to(self.device)
        if "input_features" in said:
            said["input_features"] = said["input_features"].to(self.model.dtype)
        tokenizer = self.processor.tokenizer
        kept = {tokenizer.convert_tokens_to_ids(tag) for tag in _THINK}
        reader = PieceReader(tokenizer, frozenset(tokenizer.all_special_ids) - kept)
        if tokenizer.decode(said["input_ids"][0][-4:]).rstrip().endswith("<think>"):
            reader.begin_with("<think>")  # the template opened it: the answer has only its end
        generation = _Generation(self.model, said, options, options.seed if options.seed is not None else seed)
        try:
            for token, probability in generation.tokens():
                yield reader.read(token, probability)
        finally:
            generation.stop()


class _Likely(LogitsProcessor):
    """Remembers what the network thought of every token that may come next."""

    scores: torch.Tensor

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        self.scores = scores
        return scores

    def probability(self, token: int) -> float:
        return float(torch.softmax(self.scores[0].float(), dim=-1)[token])


class _Told(StoppingCriteria):
    """Stops when it is told to."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def __call__(self, input_ids: torch.LongTensor, scores: Any, **_: Any) -> Any:
        return torch.full((input_ids.shape[0],), self.stop.is_set(), device=input_ids.device)


class _Generation(BaseStreamer):
    """Generates in a thread of its own; tokens pass through a queue, with the probability the network gave them."""

    def __init__(self, model: Any, inputs: Any, options: ChatOptions, seed: int) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._likely, self._told = _Likely(), _Told()
        self._prompt_seen = False
        sampling: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if options.temperature > 0:
            sampling = {"do_sample": True, "temperature": options.temperature, "top_p": options.top_p, "top_k": 0}
        self._asked = {**inputs, **sampling, "max_new_tokens": options.max_tokens, "num_beams": 1, "use_cache": True}
        self._model, self._seed = model, seed
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)

    def tokens(self) -> Iterator[tuple[int, float]]:
        self._thread.start()
        while True:
            found = self._queue.get()
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Ask for the end and wait for it."""
        self._told.stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            torch.manual_seed(self._seed)
            self._model.generate(
                **self._asked,
                streamer=self,
                logits_processor=LogitsProcessorList([self._likely]),
                stopping_criteria=StoppingCriteriaList([self._told]),
            )
        except torch.OutOfMemoryError:
            self._queue.put(NotAvailableError(f"The GPU's memory is not enough for this sound: {_LESS}"))
        except Exception as error:
            self._queue.put(error)
        else:
            self._queue.put(None)

    def put(self, value: Any) -> None:
        if not self._prompt_seen:
            self._prompt_seen = True
            return
        token = int(value.flatten()[0])
        self._queue.put((token, self._likely.probability(token)))

    def end(self) -> None:
        """Nothing: the thread says when it ended."""


def load(folder: Path, device: str, precision: str, *, thinking: bool = False) -> Network:
    """Read a checkpoint, with its thinking adapter if that is wanted.

    Raises `NotAvailableError` where device or precision are not available, `UnusableAdapterError` for the adapter.
    """
    place = _device(device)
    options: dict[str, Any] = {"dtype": _DTYPES.get(precision, "auto"), "local_files_only": True}
    if precision in _BITS:
        if thinking:
            raise NotAvailableError(
                f"LABELBUDDY_THINKING is on, which needs whole weights: LABELBUDDY_PRECISION must not be {precision}."
            )
        _require_quantization(precision)
        options["quantization_config"] = BitsAndBytesConfig(**_BITS[precision])
        options["device_map"] = {"": place}
    processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
    try:
        model = AutoModelForSeq2SeqLM.from_pretrained(folder, use_safetensors=True, **options)
        if thinking:
            adapter.put_into(model, folder)
        if precision not in _BITS:
            model = model.to(place)
    except torch.OutOfMemoryError:
        raise NotAvailableError(f"The GPU's memory is not enough for this checkpoint: {_LESS}") from None
    return Network(processor, model.eval(), place, precision)


_LESS = "set LABELBUDDY_PRECISION to 8bit or 4bit, send shorter audio, or use a larger GPU."


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        built = torch.version.cuda is not None
        why = (
            "no GPU is visible here (resources.gpu: true gives the container one)"
            if built
            else ("this PyTorch was built for processors alone (docs/audio-language.md: how to build for a GPU)")
        )
        raise NotAvailableError(f"LABELBUDDY_DEVICE is cuda, but {why}. Leave it at auto to run on the processor.")
    return "cuda" if there and wanted != "cpu" else "cpu"


def _require_quantization(precision: str) -> None:
    lacking = [name for name in ("bitsandbytes", "accelerate") if importlib.util.find_spec(name) is None]
    if lacking:
        raise NotAvailableError(
            f"LABELBUDDY_PRECISION is {precision}, which needs {' and '.join(lacking)}: install "
            "model_containers/audio_language/requirements.txt, or choose auto, bfloat16, float16 or float32."
        )

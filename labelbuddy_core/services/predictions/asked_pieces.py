"""A running model is asked about the audio of a question, piece by piece, and its answers are put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import CheckedAnswer, check_answer
from labelbuddy_core.inference.client import Client, ModelClient, protocol_notes
from labelbuddy_core.inference.embedding import CheckedEmbedding, check_embedding, joined_embeddings
from labelbuddy_core.inference.stretches import joined
from labelbuddy_core.services.predictions.questions import Question


class Pieces(Protocol):
    """Where the answers about the pieces of a long stretch are kept while the rest is asked."""

    def known(self, start: float, stop: float) -> CheckedAnswer | None:
        """What was answered about a piece before."""
        ...

    def keep(self, start: float, stop: float, answer: CheckedAnswer) -> None:
        """Keep the answer about a piece, so that a cancelled or killed batch need not ask for it again."""
        ...


def ask_pieces(
    client: Client,
    question: Question,
    files: Sequence[Path],
    *,
    vectors: bool,
    check: Callable[[], None],
    kept: Pieces,
) -> tuple[CheckedAnswer, CheckedEmbedding | None]:
    """What the model finds, nothing of one that only embeds; and its feature vectors where they are wanted.

    `check` is called before every piece and may raise. Of each piece the vectors are asked right after the answer: many
    models have computed them already. Raises `ModelProblem` for what is not of the contract.
    """
    answers, embeddings = [], []
    several = len(question.pieces) > 1
    for file, (start, stop) in zip(files, question.pieces, strict=True):
        check()
        known = kept.known(start, stop) if several and not vectors else None
        if known is not None:
            answers.append(known)
        elif question.specification.predicts:
            answers.append(_predicted(client, question, file, start, stop))
            if several:
                kept.keep(start, stop, answers[-1])
        if vectors:
            embeddings.append(_embedded(client, file, start, stop))
    answer = joined(answers, [start for start, _ in question.pieces[1:]]) if answers else CheckedAnswer()
    return answer, joined_embeddings(embeddings) if vectors else None


def _predicted(client: Client, question: Question, file: Path, start: float, stop: float) -> CheckedAnswer:
    began = time.monotonic()
    raw = client.predict(file, {**question.options, **question.told_besides(start, stop)})
    answer = check_answer(raw, offset=start, duration=stop - start)
    answer.notes += protocol_notes(raw)
    answer.seconds = answer.seconds or time.monotonic() - began
    return answer


def _embedded(client: Client, file: Path, start: float, stop: float) -> CheckedEmbedding:
    assert isinstance(client, ModelClient)  # a specification has no embeddings with another protocol
    try:
        return check_embedding(client.embed(file), offset=start, duration=stop - start)
    except ModelProblem as problem:
        raise type(problem)(f"When it was asked for its embedding: {problem.detail}") from None

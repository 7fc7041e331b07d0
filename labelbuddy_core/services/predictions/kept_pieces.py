"""Answers about the pieces of a long task are kept at once: a cancelled or killed batch goes on behind them."""

from __future__ import annotations

from dataclasses import dataclass

from labelbuddy_core.database import get_database
from labelbuddy_core.inference.answer import CheckedAnswer
from labelbuddy_core.services.predictions.model_answers import find_answer, keep_answer
from labelbuddy_core.services.predictions.questions import Question


@dataclass(frozen=True)
class KeptPieces:
    """Pieces of one question, answered by what has `digest`; `again` asks about those that are known, too."""

    question: Question
    digest: str
    again: bool

    def known(self, start: float, stop: float) -> CheckedAnswer | None:
        """What the very same model answered about a piece before."""
        if self.again:
            return None
        with get_database().read() as session:
            found = find_answer(session, self.question.model_id, self.question.key_of(start, stop))
        return found[0] if found is not None and found[1] == self.digest[:100] else None

    def keep(self, start: float, stop: float, answer: CheckedAnswer) -> None:
        """Keep the answer about a piece under its own stretch, where a question about that finds it as well."""
        with get_database().write() as session:
            keep_answer(session, self.question.model_id, self.question.key_of(start, stop), answer, self.digest)

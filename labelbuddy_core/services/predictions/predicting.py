"""The predict job: audio is cut while models answer, and every answer is checked and kept at once."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, ProjectModel, Task
from labelbuddy_core.errors import LabelBuddyError, ModelGone, ModelProblem, ModelStopped, NotFound
from labelbuddy_core.inference.answer import CheckedAnswer
from labelbuddy_core.inference.model_keys import key_of
from labelbuddy_core.inference.pipeline import Pipeline
from labelbuddy_core.inference.runtimes.interface import ModelEnded
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.turns import Turns
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.models.model_history import PROMOTED, specification_in_use
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.predictions import kept_embeddings
from labelbuddy_core.services.predictions.asked_pieces import ask_pieces
from labelbuddy_core.services.predictions.kept_pieces import KeptPieces
from labelbuddy_core.services.predictions.kept_predictions import keep_prediction, predicted_tasks
from labelbuddy_core.services.predictions.model_answers import keep_answer
from labelbuddy_core.services.predictions.prediction_course import Course
from labelbuddy_core.services.predictions.questions import Cuttings, Question, kept_answer, load_question
from labelbuddy_core.services.tasks import task_ranks
from labelbuddy_core.services.tasks.task_lengths import task_lengths

log = logging.getLogger(__name__)

_PAUSES = (0.5, 2.0)
"""Seconds before a task is put again to a model that died over it: a dead process is not seen to be dead at once."""

_GRACE_SECONDS = 20.0
"""How long a cancelled batch waits for the answers that models are giving: they would be computed in vain."""

_AT_ONE_LANE = 2
"""Questions to a model that runs once: one that it works on, and one that waits with its audio handed over."""

_TOLD = 100
"""Predictions that a job's result names."""


@dataclass(frozen=True)
class Outcome:
    """What became of one task: a prediction, a problem, or neither when the task is gone."""

    task_id: int
    prediction: str | None = None
    problem: LabelBuddyError | None = None


@dataclass(frozen=True)
class _Answered:
    """What a lane brings back: an answer with the digest of what gave it, a problem, or neither when the task is gone.

    `asked` says that the model was run for it.
    """

    task_id: int
    question: Question | None = None
    answer: tuple[CheckedAnswer, str] | None = None
    asked: bool = False
    problem: LabelBuddyError | None = None


@dataclass(frozen=True)
class _Prepared:
    """A question with its audio cut, with an answer from before, or with the reason why it cannot be asked."""

    question: Question | None = None
    cuttings: Cuttings | None = None
    known: tuple[CheckedAnswer, str] | None = None
    problem: LabelBuddyError | None = None

    def discard(self) -> None:
        if self.cuttings is not None:
            self.cuttings.discard()


def run(job: JobContext) -> dict[str, Any]:
    """Predict every task in the job's arguments. What this job has kept is not asked again after a crash."""
    course: dict[str, Any] = job.step("predict", _predict_all, job)
    if course["stopped"]:
        raise ModelProblem(course["stopped"])
    return course["result"]


def _predict_all(job: JobContext) -> dict[str, Any]:
    tasks: list[int] = job.arguments["tasks"]
    before = predicted_tasks(job.id)
    lengths = task_lengths([task for task in tasks if task not in before])
    course = Course(len(tasks), [before[task] for task in tasks if task in before], time.monotonic, lengths)
    lanes = _lanes(job.arguments["model"], tasks[0])
    job.progress(course.share, "Preparing")
    asker = _Asker(job, course, lanes)
    pipeline = Pipeline(
        asker.prepare,
        asker.ask,
        width=max(len(lanes), _AT_ONE_LANE),
        discard=_Prepared.discard,
        look=job.check,
        grace=_GRACE_SECONDS,
    )
    with closing(pipeline.results(task for task in tasks if task not in before)) as results:
        for answered in results:
            outcome = asker.keep(answered)
            course.note(outcome.prediction, outcome.problem, outcome.task_id)
            job.progress(course.share, course.message)
            if course.stopped is not None:
                pipeline.end()
    if job.arguments.get("start") is None:
        task_ranks.rank_after_batch(job.id, tasks[0])
    return {"stopped": course.stopped, "result": course.result(_TOLD)}


@dataclass
class _Asker:
    """The stages of a batch: prepare and ask, in threads, and keep, while the model is asked the next."""

    job: JobContext
    course: Course
    lanes: list[Specification]
    began: float = field(default_factory=time.monotonic)
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        first = self.lanes[0]  # vectors are asked right after the answer, before the model hears another sound
        self.turns = Turns(ahead=first.protocol == "labelbuddy" and not first.embeds)

    def prepare(self, task_id: int) -> _Prepared:
        """Look the question up, and cut its audio unless the answer is known."""
        arguments = self.job.arguments
        try:
            question = load_question(task_id, arguments["model"], arguments.get("start"), arguments.get("stop"))
            if question is None:
                return _Prepared()
            known = None if arguments.get("again") or kept_embeddings.missing(question) else kept_answer(question)
            if known is not None:
                return _Prepared(question, known=known)
            self._tell("Cutting the audio")
            return _Prepared(question, Cuttings(question))
        except LabelBuddyError as error:
            return _Prepared(problem=error)

    def ask(self, task_id: int, prepared: _Prepared, lane: int) -> _Answered:
        """Get the answer; what goes wrong with one task must not stop the others."""
        question = prepared.question
        try:
            if prepared.problem is not None:
                raise prepared.problem
            if question is None:
                return _Answered(task_id)
            if prepared.known is not None:
                return _Answered(task_id, question, prepared.known)
            return _Answered(task_id, question, self._persistently(prepared, question, lane), asked=True)
        except LabelBuddyError as error:
            return _Answered(task_id, problem=error)
        finally:
            prepared.discard()

    def keep(self, answered: _Answered) -> Outcome:
        """Keep an answer, as the model's and as the prediction of the task."""
        task_id, question = answered.task_id, answered.question
        try:
            if answered.problem is not None:
                raise answered.problem
            if question is None or answered.answer is None:
                return Outcome(task_id)
            self._tell("Keeping the answer")
            answer, digest = answered.answer
            if answered.asked:
                with get_database().write() as session:
                    keep_answer(session, question.model_id, question.key, answer, digest)
            kept = keep_prediction(self.job.id, question, answer, digest, kept_before=not answered.asked)
            return Outcome(task_id, kept)
        except LabelBuddyError as error:
            log.warning("task %d was not predicted: %s", task_id, error.detail)
            return Outcome(task_id, problem=error)

    def _persistently(self, prepared: _Prepared, question: Question, lane: int) -> tuple[CheckedAnswer, str]:
        for pause in _PAUSES:
            try:
                return self._asked_unless_stopped(prepared, question, lane)
            except (ModelGone, ModelEnded):
                log.warning("%s is gone; starting it again for task %d", question.model, question.task_id)
                time.sleep(pause)
                self.job.check()
        return self._asked_unless_stopped(prepared, question, lane)

    def _asked_unless_stopped(self, prepared: _Prepared, question: Question, lane: int) -> tuple[CheckedAnswer, str]:
        with self._turn():
            self.job.check()  # it may have been cancelled, or the model stopped, while this waited
            self._heed_stop(question.model)
            try:
                return self._ask_once(prepared, question, lane)
            except ModelProblem:
                self._heed_stop(question.model)
                raise

    def _turn(self) -> AbstractContextManager[None]:
        """Several lanes have one question each; at a single one, questions take turns."""
        return nullcontext() if len(self.lanes) > 1 else self.turns.taken()

    def _heed_stop(self, model: str) -> None:
        """Raises `ModelStopped` when a person stopped the model since this batch began."""
        by = running_models().stopped_since(model, self.began)
        if by is not None:
            raise ModelStopped(f"{model} was stopped by {by}.")

    def _ask_once(self, prepared: _Prepared, question: Question, lane: int) -> tuple[CheckedAnswer, str]:
        assert prepared.cuttings is not None
        alone = len(self.lanes) == 1
        lane = 0 if alone else lane
        key = key_of(question.model, question.other_version, None if alone else lane)
        with running_models().running(key, question.specification.lanes[lane], self._tell) as (client, digest):
            self._tell("Predicting" if question.specification.predicts else "Embedding")
            vectors = self._vectors_wanted(question, digest)
            files = prepared.cuttings.files
            kept = KeptPieces(question, digest, again=bool(self.job.arguments.get("again")))
            answer, embedding = ask_pieces(client, question, files, vectors=vectors, check=self.job.check, kept=kept)
        if embedding is not None:
            kept_embeddings.keep(question, embedding, digest)
        return answer, digest

    def _vectors_wanted(self, question: Question, digest: str) -> bool:
        """Where the model's file declares feature vectors and there are none yet; always when asked `again`."""
        again = self.job.arguments.get("again") and kept_embeddings.declared(question)
        return bool(again) or kept_embeddings.missing(question, digest)

    def _tell(self, message: str) -> None:
        """Every step of a single task; of a batch only what happens before the first answer."""
        if self.course.total == 1 or not self.course.begun:
            self.job.progress(self.course.share, message)


def _lanes(model_id: int, task_id: int) -> list[Specification]:
    """The model once for each replica or server, as the project of the task uses it."""
    with get_database().read() as session:
        model, task = session.get(Model, model_id), session.get(Task, task_id)
        if model is None:
            raise NotFound("The model has been removed.")
        link = None if task is None else session.get(ProjectModel, (task.project_id, model.id))
        return specification_in_use(session, model, PROMOTED if link is None else link.version).lanes

"""One pass over what was handed in: everything that a report of agreement is made from is summed up on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from labelbuddy_core.domain.agreement.answers import Compared, LabelAsked
from labelbuddy_core.domain.agreement.confusion import Confusions
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.meetings import meet, meetings
from labelbuddy_core.domain.agreement.sums import OF_PEOPLE, Kind, Ruler, Sums, merge
from labelbuddy_core.domain.agreement.tallies import tally_met
from labelbuddy_core.services.agreement.agreement_people import AgainstTruth
from labelbuddy_core.services.agreement.gamma_sample import GammaSample
from labelbuddy_core.services.agreement.handed_in_answers import HandedIn
from labelbuddy_core.services.agreement.known_truths import TRUTH
from labelbuddy_core.services.agreement.worst_tasks import WorstTasks


@dataclass
class Pass:
    """What was summed up so far of annotators beside each other, and beside the ground truth."""

    asked: dict[str, LabelAsked]
    ruler: Ruler
    measured: Measurement
    truth: AgainstTruth
    worst: WorstTasks
    gamma: GammaSample
    confusions: Confusions = field(default_factory=Confusions)
    tasks: int = 0

    def take(self, found: list[HandedIn]) -> None:
        """The tasks of a recording."""
        sums: Sums = {}
        beside: Sums = {}
        compared = False
        for one in found:
            if len(one.compared.answers) > 1:
                self._compare(one.compared, sums)
                compared = True
            if one.truth is not None:
                self._compare_with_truth(one, beside)
        if compared:
            self.measured.add(sums)
        if beside:
            self.truth.measured.add(beside)

    def _compare(self, task: Compared, sums: Sums) -> None:
        met = meetings(task.answers, self.ruler.overlap)
        of_task = tally_met(task, met, self.asked, self.ruler)
        for meeting in met:
            self.confusions.add(task.task, task.start, meeting, self.ruler.overlap)
        self.worst.consider(task, of_task)
        self.gamma.consider(task)
        merge(sums, of_task)
        self.tasks += 1

    def _compare_with_truth(self, one: HandedIn, sums: Sums) -> None:
        assert one.truth is not None
        task = one.compared
        for answer in task.answers:
            met = meet(one.truth.answer, answer, self.ruler.overlap)
            alone = Compared(task.task, task.recording, task.start, task.stop, (one.truth.answer, answer))
            found = tally_met(alone, [met], {}, self.ruler)
            wanted = {
                key: vector
                for key, vector in found.items()
                if key[0] in OF_PEOPLE or (key[0] == Kind.DEVIATIONS and key[1] != TRUTH)
            }
            merge(sums, wanted)
            self.truth.confusions.add(task.task, task.start, met, self.ruler.overlap)
        self.truth.adjudicated += one.truth.adjudicated
        self.truth.merged += not one.truth.adjudicated

"""γ over a sample of tasks: aligning takes too long for whole projects."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from labelbuddy_core.domain.agreement.answers import Compared
from labelbuddy_core.domain.agreement.gamma import gamma_sums, units_of
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.sums import Kind, Sums, add


class GammaSample:
    """So many tasks with regions, each as likely as any other whatever their number is (reservoir sampling)."""

    def __init__(self, wanted: int, seed: int) -> None:
        self._wanted = wanted
        self._seed = seed
        self._random = np.random.default_rng(seed)
        self._tasks: list[Compared] = []
        self._seen = 0

    def consider(self, task: Compared) -> None:
        """Take up a task, perhaps."""
        if not self._wanted or not any(answer.regions for answer in task.answers):
            return
        self._seen += 1
        if len(self._tasks) < self._wanted:
            self._tasks.append(task)
        elif (place := int(self._random.integers(self._seen))) < self._wanted:
            self._tasks[place] = task

    def measured(self, replicates: int) -> Measurement:
        """What γ is computed from; tasks with too many regions to align are left out."""
        found = Measurement(replicates=replicates, seed=self._seed)
        tasks = sorted(self._tasks, key=lambda task: (task.recording, task.task))
        for _, of_recording in groupby(tasks, key=lambda task: task.recording):
            sums: Sums = {}
            for task in of_recording:
                measured = gamma_sums(units_of(task), task.start, task.stop, self._seed + task.task)
                if measured is not None:
                    add(sums, (Kind.GAMMA,), measured)
            if sums:
                found.add(sums)
        return found

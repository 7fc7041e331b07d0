"""What a batch says of itself while it runs, and when it gives up."""

from __future__ import annotations

from labelbuddy_core.errors import AudioProblem, ModelProblem
from labelbuddy_core.services.predictions.prediction_course import Course


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def course(total: int, seconds_each: float, done: int, before: int = 0) -> Course:
    clock = Clock()
    made = Course(total, [str(one) for one in range(before)], clock)
    for number in range(done):
        clock.seconds += seconds_each
        made.note(str(before + number), None, number)
    return made


def test_rate_and_remaining_time_follow_from_the_last_tasks() -> None:
    assert course(200, 3.0, 34).message == "34 of 200 · 20 a minute · 8 min left"
    assert course(10_000, 0.1, 110).message == "110 of 10000 · 10 a second · 16 min left"
    assert course(100, 400.0, 4).message == "4 of 100 · 9.0 an hour · 10.7 h left"


def test_what_was_done_before_a_crash_counts_but_not_in_the_rate() -> None:
    assert course(200, 3.0, 10, before=100).message == "110 of 200 · 20 a minute · 4 min left"


def test_the_remaining_time_follows_the_seconds_of_sound_that_are_left() -> None:
    clock = Clock()
    lengths = dict.fromkeys(range(10), 10.0) | {10: 300.0}
    made = Course(11, [], clock, lengths)
    for number in range(10):
        clock.seconds += 5.0
        made.note(str(number), None, number)
    assert made.message == "10 of 11 · 12 a minute · 2 min left"  # 100 s of sound took 50 s, 300 s are left


def test_the_end_has_no_remaining_time() -> None:
    assert course(5, 1.0, 5).message == "5 of 5"


def test_five_failures_of_the_model_in_a_row_end_it() -> None:
    made = course(20, 1.0, 3)
    for number in range(5):
        assert made.stopped is None
        made.note(None, ModelProblem("It broke."), number)
    assert made.stopped == "It broke. 5 tasks failed in a row; 12 were not tried."


def test_recordings_that_cannot_be_read_never_end_it() -> None:
    made = course(20, 1.0, 3)
    for number in range(10):
        made.note(None, AudioProblem("Not audio."), number)
    assert (made.stopped, made.result(100)["failed"]) == (None, 10)


def test_a_batch_of_which_nothing_became_is_a_failure() -> None:
    made = Course(2, [], Clock())
    made.note(None, AudioProblem("Not audio."), 7)
    made.note(None, AudioProblem("Not audio."), 8)
    assert made.stopped == "Task 7: Not audio."

"""Two stages with a look-ahead: order, width, and what happens when it stops early."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from labelbuddy_core.inference.pipeline import Pipeline


def test_everything_is_prepared_and_asked_once() -> None:
    pipeline = Pipeline(lambda item: item * 10, lambda item, prepared, _: (item, prepared), width=3)
    assert sorted(pipeline.results(range(20))) == [(item, item * 10) for item in range(20)]


def test_no_lane_is_used_twice_at_once() -> None:
    busy: set[int] = set()
    lock = threading.Lock()
    most = 0

    def ask(item: int, _prepared: int, lane: int) -> int:
        nonlocal most
        with lock:
            assert lane not in busy
            busy.add(lane)
            most = max(most, len(busy))
        time.sleep(0.01)
        with lock:
            busy.remove(lane)
        return item

    assert len(list(Pipeline(lambda item: item, ask, width=3).results(range(20)))) == 20
    assert most == 3


def test_the_next_is_prepared_while_one_is_asked() -> None:
    prepared = threading.Event()

    def prepare(item: int) -> int:
        if item == 1:
            prepared.set()
        return item

    def ask(item: int, _prepared: int, _lane: int) -> bool:
        return prepared.wait(5.0) if item == 0 else True

    assert list(Pipeline(prepare, ask).results(range(2))) == [True, True]


def test_no_more_is_prepared_than_is_looked_ahead() -> None:
    prepared: list[int] = []
    gate = threading.Event()

    def ask(_item: int, _prepared: None, _lane: int) -> None:
        gate.wait(5.0)

    with closing(Pipeline(prepared.append, ask, width=1, ahead=2).results(range(100))) as results:
        threading.Timer(0.2, gate.set).start()
        next(results)
        assert len(prepared) <= 4


def test_what_was_prepared_in_vain_is_discarded() -> None:
    discarded: list[int] = []
    pipeline = Pipeline(lambda item: item, lambda item, *_: item, width=1, ahead=5, discard=discarded.append)
    asked = []
    with closing(pipeline.results(range(100))) as results:
        asked.append(next(results))
    time.sleep(0.2)
    assert not set(asked) & set(discarded)
    assert len(discarded) <= 6


def test_an_error_of_a_stage_is_raised_and_ends_it() -> None:
    def ask(item: int, *_: object) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    with pytest.raises(ValueError, match="three"):
        list(Pipeline(lambda item: item, ask).results(range(10)))


def test_looking_can_stop_it_while_nothing_is_ready() -> None:
    class Stopped(Exception):
        pass

    gate = threading.Event()

    def look() -> None:
        raise Stopped

    pipeline = Pipeline(lambda item: item, lambda *_: gate.wait(5.0), look=look)
    with pytest.raises(Stopped):
        list(pipeline.results(range(3)))
    gate.set()


def test_what_is_asked_when_looking_stops_it_is_given_if_it_comes_in_time() -> None:
    class Stopped(Exception):
        pass

    asked: list[int] = []
    gate = threading.Event()

    def ask(item: int, _prepared: int, _lane: int) -> int:
        asked.append(item)
        gate.wait(5.0)
        return item

    def look() -> None:
        if asked:
            gate.set()
            raise Stopped

    results = Pipeline(lambda item: item, ask, look=look, grace=5.0).results(range(10))
    assert next(results) == 0
    with pytest.raises(Stopped):
        next(results)


def test_what_does_not_come_in_time_is_not_waited_for() -> None:
    class Stopped(Exception):
        pass

    gate = threading.Event()

    def look() -> None:
        raise Stopped

    pipeline = Pipeline(lambda item: item, lambda *_: gate.wait(30.0), look=look, grace=0.01)
    with pytest.raises(Stopped):
        list(pipeline.results(range(3)))
    assert not gate.is_set()
    gate.set()

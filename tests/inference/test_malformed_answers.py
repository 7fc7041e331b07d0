"""A hundred ways in which a server answers wrongly: each is a clear problem, or brought back into bounds and noted."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labelbuddy_core.errors import ModelProblem
from labelbuddy_core.inference.answer import CheckedAnswer, PredictedPoint, check_answer
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint

DURATION = 10.0


def framed(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    """A correct HTTP response around a body."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def region(**changes: Any) -> bytes:
    """An answer with one region that is good but for the changes (values as JSON text where JSON has no such value)."""
    fields = {"start": "1", "end": "2", "label": '"x"', "score": "0.5", **changes}
    text = ", ".join(f'"{name}": {value}' for name, value in fields.items() if value is not None)
    return framed(f'{{"regions": [{{{text}}}]}}'.encode())


def answered(value: Any) -> bytes:
    return framed(json.dumps(value).encode())


GZIP, DEFLATE = "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
HUGE, LONG = "9" * 400, "9" * 30

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"", "cannot be reached"),
    "half a status line": (b"HTTP/1.1 2", "cannot be reached|something else"),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "cannot be reached"),
    "a status that is no number": (b"HTTP/1.1 abc OK\r\n\r\n", "cannot be reached"),
    "a header without end": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000, "cannot be reached"),
    "thousands of headers": (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 5000 + b"\r\n{}", "cannot be reached"),
    "fewer bytes than announced": (
        b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"regions": []}',
        "cannot be reached",
    ),
    "more bytes announced than accepted": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{}",
        "reached|larger",
    ),
    "fewer bytes announced than sent": (OK + b'Content-Length: 5\r\n\r\n{"regions": []}', "than JSON"),
    "a length that is no number": (OK + b"Content-Length: many\r\n\r\n{]", "than JSON|reached"),
    "a negative length": (OK + b"Content-Length: -5\r\n\r\n{]", "than JSON|reached"),
    "chunks whose size is no number": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "cannot be reached",
    ),
    "chunks without an end": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "cannot be reached"),
    "a chunk that is shorter than it says": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}\r\n0\r\n\r\n",
        "cannot be reached",
    ),
    "said to be gzip and is not": (
        framed(b'{"regions": []}', headers=GZIP),
        "cannot be reached",
    ),
    "said to be deflate and is not": (
        framed(b"\xff\xfe{}", headers=DEFLATE),
        "cannot be reached",
    ),
    "an empty body": (framed(b""), "than JSON"),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", "than JSON"),
    "only spaces": (framed(b"   \n"), "than JSON"),
    "HTML": (framed(b"<html>It works</html>"), "than JSON.*It works"),
    "a page of a proxy": (framed(b"<h1>502</h1>", "502 Bad Gateway"), "status 502"),
    "plain text": (framed(b"ok"), "than JSON"),
    "YAML": (framed(b"regions:\n - start: 1\n"), "than JSON"),
    "Python": (framed(b"{'regions': []}"), "than JSON"),
    "truncated": (framed(b'{"regions": [{"start": 1, "end"'), "than JSON"),
    "truncated in a text": (framed(b'{"regions": [], "version": "1.'), "than JSON"),
    "two values": (framed(b'{"regions": []}{"regions": []}'), "than JSON"),
    "lines of JSON": (framed(b'{"regions": []}\n{"regions": []}\n'), "than JSON"),
    "a comma too many": (framed(b'{"regions": [],}'), "than JSON"),
    "comments": (framed(b'{"regions": [] /* none */}'), "than JSON"),
    "NaN": (region(start="NaN"), "than JSON"),
    "Infinity": (region(end="Infinity"), "than JSON"),
    "minus Infinity": (region(start="-Infinity"), "than JSON"),
    "a number with a plus": (region(start="+1"), "than JSON"),
    "a hexadecimal number": (region(start="0x10"), "than JSON"),
    "a number with leading zeros": (region(start="007"), "than JSON"),
    "a number that ends with a point": (region(start="1."), "than JSON"),
    "True as Python writes it": (region(score="True"), "than JSON"),
    "None as Python writes it": (region(score="None"), "than JSON"),
    "a number beyond every float": (region(start="1e999", end="1e999"), "than JSON"),
    "a number of four hundred digits": (region(end=HUGE), "than JSON"),
    "a byte order mark": (framed(b"\xef\xbb\xbf{}"), "than JSON"),
    "UTF-16": (framed('{"regions": []}'.encode("utf-16")), "than JSON"),
    "Latin-1": (framed('{"regions": [{"start":1,"end":2,"label":"é"}]}'.encode("latin-1")), "than JSON"),
    "half a character": (framed(b'{"regions": [{"label": "\xe2\x82"}]}'), "than JSON"),
    "a lone surrogate": (framed(b'{"regions": [{"label": "\\ud800"}]}'), "than JSON"),
    "zero bytes": (framed(b"\x00" * 100), "than JSON"),
    "random bytes": (framed(bytes(range(256))), "than JSON"),
    "nested without end": (framed(b"[" * 100_000), "than JSON"),
    "nested a hundred thousand deep": (framed(b'{"regions":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "than JSON"),
    "a list": (answered([1, 2]), "not a JSON object"),
    "a text": (answered("ok"), "not a JSON object"),
    "a number": (answered(42), "not a JSON object"),
    "null": (answered(None), "not a JSON object"),
    "true": (answered(True), "not a JSON object"),
    "an object of nothing": (answered({}), "none of regions, points, tags and text"),
    "other keys": (answered({"predictions": []}), "none of regions, points, tags and text"),
    "an error with status 200": (answered({"error": "out of memory"}), "out of memory"),
    "a refusal with a reason": (framed(b'{"detail": "too long"}', "422 No"), "status 422.*too long"),
    "an error without a reason": (framed(b"{}", "500 No"), "status 500"),
    "a redirect": (framed(b"{}", "302 Found", "Location: http://169.254.169.254/\r\n"), "status 302"),
    "a redirect to itself": (framed(b"{}", "307 Again", "Location: /predict\r\n"), "status 307"),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "status 304"),
    "authentication asked": (framed(b"{}", "401 No", "WWW-Authenticate: Basic\r\n"), "status 401"),
    "regions is a text": (answered({"regions": "none"}), "'regions' must be a list"),
    "regions is a number": (answered({"regions": 7}), "'regions' must be a list"),
    "regions is an object": (answered({"regions": {"a": 1}}), "'regions' must be a list"),
    "regions is true": (answered({"regions": True}), "'regions' must be a list"),
    "regions is false": (answered({"regions": False}), "'regions' must be a list"),
    "regions is zero": (answered({"regions": 0}), "'regions' must be a list"),
    "regions is an empty text": (answered({"regions": ""}), "'regions' must be a list"),
    "regions of numbers": (answered({"regions": [1, 2]}), "'regions' must be a list"),
    "regions of lists": (answered({"regions": [[1, 2, "x"]]}), "'regions' must be a list"),
    "regions of nothing": (answered({"regions": [None]}), "'regions' must be a list"),
    "tags is an object": (answered({"tags": {"x": 0.5}}), "'tags' must be a list"),
    "tags of texts": (answered({"tags": ["x"]}), "'tags' must be a list"),
    "text is a text": (answered({"text": "a dog barks"}), "'text' must be a list"),
    "points is a text": (answered({"points": "x"}), "'points' must be a list"),
    "too many regions": (answered({"regions": [{}] * 20_001}), "at most 20000"),
    "too many tags": (answered({"tags": [{}] * 20_001}), "at most 20000"),
}

LEFT_OUT: dict[str, bytes] = {
    "a start before an end before the start": region(start="5", end="4"),
    "a start after the audio": region(start="11", end="12"),
    "an end before the audio": region(start="-5", end="-4"),
    "a start that is a text": region(start='"1"'),
    "an end that is null": region(end="null"),
    "an end that is missing": region(end=None),
    "a start that is a list": region(start="[1]"),
    "a start that is true": region(start="true"),
    "a start of thirty digits": region(start=LONG, end=LONG),
    "a time in milliseconds": region(start="1500", end="2500"),
    "a label that is a number": region(label="7"),
    "a label that is null": region(label="null"),
    "a label that is empty": region(label='""'),
    "a label of spaces": region(label='" \\n "'),
    "a label of control characters": region(label='"\\u0000\\u001b"'),
    "a label that is an object": region(label='{"name": "x"}'),
    "a label that is missing": region(label=None),
    "a tag without a label": answered({"tags": [{"score": 1}]}),
    "an empty caption": answered({"text": [{"text": ""}]}),
    "a caption that is a number": answered({"text": [{"text": 7}]}),
}

CLIPPED: dict[str, tuple[bytes, tuple[float, float, str, float | None]]] = {
    "a start before the audio": (region(start="-3"), (0.0, 2.0, "x", 0.5)),
    "an end after the audio": (region(end="99"), (1.0, 10.0, "x", 0.5)),
    "an end of thirty digits": (region(end=LONG), (1.0, 10.0, "x", 0.5)),
    "a score above one": (region(score="99"), (1.0, 2.0, "x", 1.0)),
    "a score below zero": (region(score="-3"), (1.0, 2.0, "x", 0.0)),
    "a score that is a text": (region(score='"high"'), (1.0, 2.0, "x", None)),
    "a score of thirty digits": (region(score=LONG), (1.0, 2.0, "x", 1.0)),
    "a label with an escape sequence": (region(label='"\\u001b[31mx"'), (1.0, 2.0, "[31mx", 0.5)),
    "a label of a thousand letters": (region(label='"' + "y" * 1000 + '"'), (1.0, 2.0, "y" * 80, 0.5)),
    "frequency bounds the wrong way round": (region(low="900", high="100"), (1.0, 2.0, "x", 0.5)),
    "a negative frequency": (region(low="-5", high="100"), (1.0, 2.0, "x", 0.5)),
    "a key twice": (framed(b'{"regions": [{"start": 9, "start": 1, "end": 2, "label": "x"}]}'), (1.0, 2.0, "x", None)),
}


class Answering:
    """A server that answers every request with the same bytes and hangs up."""

    def __init__(self) -> None:
        self.response = b""
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += self.request.recv(65536)
                head, _, body = received.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                while len(body) < length:
                    body += self.request.recv(65536)
                self.request.sendall(outer.response)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.close()


def ask(server: Answering, response: bytes, tmp_path: Path) -> CheckedAnswer:
    server.response = response
    audio = tmp_path / "a.wav"
    audio.write_bytes(b"RIFF")
    client = ModelClient(Endpoint(url=server.url, timeout_seconds=10.0))
    try:
        return check_answer(client.predict(audio, {}), offset=0.0, duration=DURATION)
    finally:
        client.close()


def test_there_are_more_than_a_hundred() -> None:
    assert len(REFUSED) + len(LEFT_OUT) + len(CLIPPED) > 100


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_answer_is_a_clear_problem(name: str, server: Answering, tmp_path: Path) -> None:
    response, sentence = REFUSED[name]
    with pytest.raises(ModelProblem, match=sentence) as problem:
        ask(server, response, tmp_path)
    assert len(problem.value.detail) < 500


@pytest.mark.parametrize("name", LEFT_OUT)
def test_an_item_that_makes_no_sense_is_left_out_and_counted(name: str, server: Answering, tmp_path: Path) -> None:
    found = ask(server, LEFT_OUT[name], tmp_path)
    assert (found.regions, found.tags, found.text) == ([], [], [])
    assert found.notes == ["1 item(s) of the answer made no sense and were left out."]


@pytest.mark.parametrize("name", CLIPPED)
def test_a_value_out_of_bounds_is_brought_back(name: str, server: Answering, tmp_path: Path) -> None:
    response, expected = CLIPPED[name]
    (found,) = ask(server, response, tmp_path).regions
    assert (found.start, found.end, found.label, found.score) == expected
    assert found.low is None or found.low >= 0


def test_an_integer_beyond_every_float_is_left_out() -> None:
    raw = {"regions": [{"start": 0, "end": 10**400, "label": "x"}], "seconds": 10**400}
    found = check_answer(raw, offset=0.0, duration=DURATION)
    assert (found.regions, found.seconds) == ([], 0.0)


def test_points_are_kept_in_recording_time() -> None:
    points = [{"time": 1.5, "label": "x", "score": 0.75}, {"time": 0, "label": "beat", "position": 1}]
    found = check_answer({"points": points}, offset=10.0, duration=DURATION)
    assert found.points == [PredictedPoint(10.0, "beat", None, 1), PredictedPoint(11.5, "x", 0.75)]
    assert found.notes == []


@pytest.mark.parametrize("time", [-1, DURATION + 1, "1", None, True, float("nan")])
def test_a_point_outside_the_audio_is_left_out_and_counted(time: object) -> None:
    found = check_answer({"points": [{"time": time, "label": "x"}]}, offset=0.0, duration=DURATION)
    assert found.points == []
    assert found.notes == ["1 item(s) of the answer made no sense and were left out."]

"""Firefox without a window, with a sound card that swallows what it plays, driven by WebDriver BiDi (a W3C standard).

Without a sound card Firefox never starts an AudioContext; PulseAudio's null sink is one.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PULSEAUDIO = shutil.which("pulseaudio")
_SECONDS = 60.0
_PREFERENCES = {
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.block-autoplay-until-in-foreground": False,
    "privacy.reduceTimerPrecision": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.captive-portal-service.enabled": False,
    "remote.prefs.recommended": True,
}


class Page:
    """A tab."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self._browser, self._context = browser, context

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self._browser.command("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression, or of what it promises."""
        answer = self._browser.command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer.get("exceptionDetails", {}).get("text")
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse from one place in the window to another (CSS pixels)."""
        middle = tuple((one + other) / 2 for one, other in zip(start, end, strict=True))
        move = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 50} for x, y in (start, middle, end)]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        actions = [move[0], down, *move[1:], up]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self._browser.command("input.performActions", context=self._context, actions=[mouse])

    def close(self) -> None:
        """Close the tab."""
        self._browser.command("browsingContext.close", context=self._context)


class Firefox:
    """A running browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self.version = self.command("session.new", capabilities={})["capabilities"]["browserVersion"]

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=_SECONDS))
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def new_page(self) -> Page:
        """An empty tab in front; one behind would not play."""
        context = self.command("browsingContext.create", type="tab")["context"]
        self.command("browsingContext.activate", context=context)
        return Page(self, context)


@contextmanager
def running_firefox(folder: Path) -> Iterator[Firefox]:
    """Start the sound server and the browser in a folder of their own; both end with the block."""
    assert FIREFOX
    with _sound_server(folder) as environment:
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        command = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = _address(profile / "WebDriverBiDiServer.json", process)
            with connect(f"{address}/session", max_size=None) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _sound_server(folder: Path) -> Iterator[dict[str, str]]:
    assert PULSEAUDIO
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(runtime),
        "PULSE_RUNTIME_PATH": str(runtime),
    }
    socket = runtime / "native"
    command = [PULSEAUDIO, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
    command += [
        "-L",
        "module-null-sink rate=48000",
        "-L",
        f"module-native-protocol-unix auth-anonymous=1 socket={socket}",
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not socket.exists():
            assert process.poll() is None, "PulseAudio ended"
            assert time.monotonic() < deadline, "PulseAudio did not start"
            time.sleep(0.05)
        yield {**environment, "PULSE_SERVER": f"unix:{socket}"}
    finally:
        process.terminate()
        process.wait(timeout=10)


def _address(told: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "Firefox ended"
        if told.exists() and told.read_text().strip():
            found = json.loads(told.read_text())
            return f"ws://{found['ws_host']}:{found['ws_port']}"
        time.sleep(0.1)
    raise AssertionError("Firefox did not start")

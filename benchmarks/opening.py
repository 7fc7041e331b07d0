"""Open a task of an annotation tool in a fresh Chromium until its waveform is drawn and playable.

The same clock and the same scales for every tool; what differs between tools is in `Target`. Playable: the Play button
is not disabled, and a media element of the page says that it can play on (`HAVE_FUTURE_DATA`).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

LIMIT = 300.0
"""Seconds after which an opening is given up."""


@dataclass(frozen=True)
class Target:
    """A task in a tool, and how to tell that its waveform is drawn and can be played."""

    url: str
    cookies: dict[str, str]
    asks: str
    """Part of the address of the requests for the task; with the first of them the tool itself begins."""
    canvas: str
    play: str
    ruler: int = 0
    """Rows at the top of the canvas that are not the waveform."""
    problem: str = ""
    """Where the tool says that it cannot open the recording."""


class NotReached(Exception):
    """What was waited for did not come: what the tool or the browser said, and after how many seconds."""

    def __init__(self, what: str, why: str, seconds: float) -> None:
        super().__init__(why)
        self.what = what
        self.seconds = seconds


@contextmanager
def opened(target: Target) -> Iterator[tuple[Page, Any, dict[str, float]]]:
    """A task in a fresh browser, ready: the page, its DevTools session, and {page_s, editor_s, transferred_mb}.

    Raises NotReached.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies(
                [{"name": name, "value": value, "url": target.url} for name, value in target.cookies.items()]
            )
            context.add_init_script(MEDIA)
            page = context.new_page()
            cdp = context.new_cdp_session(page)
            received = transferred(cdp)
            asked: list[float] = []

            def note(event: dict[str, Any]) -> None:
                if target.asks in event["request"]["url"] and not asked:
                    asked.append(time.monotonic())

            cdp.on("Network.requestWillBeSent", note)
            began = time.monotonic()
            seconds = until_ready(page, target)
            page.wait_for_timeout(500)
            figures = {
                "page_s": seconds,
                "editor_s": began + seconds - asked[0],
                "transferred_mb": sum(received.values()) / 1e6,
            }
            yield page, cdp, figures
        finally:
            browser.close()


def until_ready(page: Page, target: Target) -> float:
    """Go to the task in this browser; the seconds until it is drawn and playable. Raises NotReached."""
    what, began = "drawn and playable", time.monotonic()
    try:
        page.goto(target.url, wait_until="commit")
        about = [target.canvas, target.ruler, target.play, target.problem]
        found = page.wait_for_function(READY, arg=about, polling=20, timeout=LIMIT * 1e3).json_value()
    except Error as error:
        raise NotReached(what, error.message.partition("\n")[0], time.monotonic() - began) from error
    seconds = time.monotonic() - began
    if found is not True:
        raise NotReached(what, found, seconds)
    return seconds


def until_heard(page: Page, target: Target) -> float:
    """Press Play; the seconds until the clock of the sound moves. Raises NotReached."""
    began = time.monotonic()
    try:
        page.locator(target.play).first.click()
        page.wait_for_function("() => benchmarkMedia.some((one) => !one.paused && one.currentTime > 0)", polling=20)
    except Error as error:
        raise NotReached("heard", error.message.partition("\n")[0], time.monotonic() - began) from error
    return time.monotonic() - began


def transferred(cdp: Any) -> dict[str, float]:
    """Bytes by request, as they come: all of a finished one; of others (media) and of web sockets what came so far."""
    received: dict[str, float] = {}

    def add(request: str, size: float) -> None:
        received[request] = received.get(request, 0) + size

    def finish(event: dict[str, Any]) -> None:
        received[event["requestId"]] = event["encodedDataLength"]

    def frame(event: dict[str, Any]) -> None:
        response = event["response"]
        add(event["requestId"], len(response["payloadData"]) * (0.75 if response["opcode"] == 2 else 1))  # base64

    cdp.send("Network.enable")
    cdp.on("Network.dataReceived", lambda event: add(event["requestId"], event["encodedDataLength"]))
    cdp.on("Network.loadingFinished", finish)
    cdp.on("Network.webSocketFrameReceived", frame)
    return received


MEDIA = """(() => {
  const all = (window.benchmarkMedia = []);
  const construct = (Made, args) => {
    const one = new Made(...args);
    all.push(one);
    return one;
  };
  window.Audio = new Proxy(Audio, { construct });
  const create = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...rest) {
    const one = create.call(this, name, ...rest);
    if (one instanceof HTMLMediaElement) all.push(one);
    return one;
  };
})()"""
"""Remembers the media elements of a page, which need not be in its document."""

READY = """([canvasSelector, ruler, playSelector, problemSelector]) => {
  const find = (selector, root = document) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.matches(selector)) return element;
      const inner = element.shadowRoot && find(selector, element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const problem = problemSelector && find(problemSelector)?.innerText.trim();
  if (problem) return problem;
  if (!window.benchmarkWave?.isConnected) window.benchmarkWave = find(canvasSelector);
  const canvas = window.benchmarkWave;
  if (!canvas || canvas.width < 300 || canvas.height <= ruler) return false;
  const pixels = canvas.getContext('2d').getImageData(0, ruler, canvas.width, canvas.height - ruler).data;
  let inked = 0;
  for (let at = 3; at < pixels.length; at += 40) if (pixels[at]) inked++;
  const play = find(playSelector);
  return inked > 200 && !!play && !play.disabled && benchmarkMedia.some((one) => one.readyState >= 3);
}"""
"""True when ready, the problem if there is one, else false. Drawn: 200 of every tenth pixel have ink."""

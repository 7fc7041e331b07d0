"""Somebody new who follows a guided tour in a browser: reads what a step says, looks for the place, acts, listens.

The clock is the real one; what a person needs is waited for, what the program needs comes on top. Times of acting are
those of the keystroke-level model (Card, Moran & Newell, The Psychology of Human-Computer Interaction, 1983: thinking
before an action 1.35 s, pointing 1.1 s, a press of a button or key 0.2 s, a change between mouse and keyboard 0.4 s,
and 0.28 s a character for who types 40 words a minute). Reading is slower than the 238 words a minute of adults who
read silently (Brysbaert 2019, Journal of Memory and Language 109): what is read here is an instruction.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

WORDS_A_MINUTE = 150.0
THINK, POINT, PRESS, HOME, TYPE = 1.35, 1.1, 0.2, 0.4, 0.28
LIMIT = 60_000
"""Milliseconds until what was waited for is given up."""


@dataclass
class Newcomer:
    """A person before a page; counts the words that they read and the actions that they took."""

    page: Page
    words: int = 0
    actions: int = 0
    heard: float = 0.0

    def begin(self) -> None:
        """Press *Begin the tour*."""
        self.click(self.page.get_by_role("button", name="Begin the tour"))
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the tour began."""
        return time.monotonic() - self._began

    @property
    def card(self) -> Locator:
        return self.page.locator(".st-key-tour")

    def step(self, title: str) -> None:
        """Wait until the card shows a step, and read it."""
        expect(self.card.locator("strong").first).to_have_text(title, timeout=LIMIT)
        text = self.card.locator("p").all_inner_texts()
        words = sum(len(one.split()) for one in text)
        self.words += words
        self._take(60.0 * words / WORDS_A_MINUTE)

    def show_me(self, ready: Locator) -> None:
        """Press *Show me*, and wait until what it leads to is there."""
        self.click(self.card.get_by_role("button", name="Show me"))
        ready.first.wait_for(timeout=LIMIT)

    def click(self, target: Locator) -> None:
        """Look for something, and click it."""
        self._take(THINK + POINT + PRESS)
        target.first.click(timeout=LIMIT)
        self.actions += 1

    def click_at(self, x: float, y: float) -> None:
        """The same at a place of the page, in pixels."""
        self._take(THINK + POINT + PRESS)
        self.page.mouse.click(x, y)
        self.actions += 1

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at a place, pull, and let it go at another."""
        self._take(THINK + POINT + PRESS)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self._take(POINT)
        self.page.mouse.move(*end, steps=12)
        self.page.mouse.up()
        self.actions += 1

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._take(HOME)
        for key in keys:
            self._take(THINK + PRESS)
            self.page.keyboard.press(key)
            self.actions += 1

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._take(HOME + THINK + TYPE * len(text))
        self.page.keyboard.type(text)
        self.actions += 1

    def listen(self, seconds: float) -> None:
        """Play from the playhead with the key, and stop after some seconds."""
        self.press(" ")
        self._take(seconds)
        self.heard += seconds
        self.press(" ")

    def _take(self, seconds: float) -> None:
        self.page.wait_for_timeout(1000.0 * seconds)

"""Loudspeakers that are late, as those of Bluetooth are: the drawn playhead is where the sound is heard."""

from __future__ import annotations

from typing import Any

import pytest
from tone import SECONDS

pytestmark = pytest.mark.browser

LATE = 0.4
CLOSE = 0.08
PAGE = (
    """
Object.defineProperty(AudioContext.prototype, "outputLatency", { get: () => %s });
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, ...rest) {
  window.made ??= { context: this.context, when };
  return start.call(this, when, ...rest);
};
const Plain = window.Audio;
window.Audio = function (...given) {
  return (window.media = new Plain(...given));
};
window.drawn = () => {
  const playhead = document.querySelector(".playhead");
  const canvas = document.querySelector(".wave-canvas").getBoundingClientRect();
  return ((playhead.getBoundingClientRect().left - canvas.left) / canvas.width) * SECONDS;
};
const frame = () => new Promise((done) => requestAnimationFrame(done));
window.inFrame = (look) => frame().then(frame).then(look);
""".replace("SECONDS", str(SECONDS))
    % LATE
)


@pytest.fixture
def editor(open_editor: Any, app: Any) -> Any:
    app.put(id="r_1", start=4.0, end=12.0, label="speech", origin={"kind": "human"})
    opened = open_editor()
    opened.page.add_init_script(PAGE)
    opened.page.reload()
    opened.page.locator(".lb-editor:not([aria-busy])").wait_for()
    opened.page.wait_for_timeout(300)
    return opened


def test_while_a_region_is_played_from_its_samples(editor: Any) -> None:
    editor.press("ArrowDown", "l")
    editor.page.wait_for_function("window.made && made.context.currentTime - made.when > 1")
    behind = editor.page.evaluate(
        "inFrame(() => made.context.currentTime - made.when - made.context.baseLatency - (drawn() - 4))"
    )
    assert behind == pytest.approx(LATE, abs=CLOSE)


def test_while_the_browsers_player_plays_through_the_effects(editor: Any) -> None:
    editor.page.get_by_text("Sound", exact=True).click()
    editor.page.get_by_label("Loudness in decibels").fill("-6")
    editor.page.keyboard.press("Escape")
    editor.page.locator(".lb-editor").focus()
    editor.press("Space")
    editor.page.wait_for_function("window.media.currentTime > 1.5 && !media.paused")
    behind = editor.page.evaluate("inFrame(() => media.currentTime - drawn())")
    assert behind == pytest.approx(LATE, abs=CLOSE)
    editor.press("Space")
    stopped = editor.page.evaluate("inFrame(() => media.currentTime - drawn())")
    assert stopped == pytest.approx(0.0, abs=CLOSE)  # it goes on where it was heard last

"""Guided tours: the steps of each role, and which deeds of a person complete them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from labelbuddy_core.domain.permissions import Role


class Deed(StrEnum):
    """What somebody has done since their tour began, as the database knows it."""

    SAW_DASHBOARD = "saw dashboard"
    SAW_PROJECT = "saw project"
    SAW_REVIEW = "saw review"
    SAW_INSIGHT = "saw insight"
    OPENED = "opened a task"
    MARKED = "marked something"
    CHANGED = "changed what was marked"
    DECIDED = "decided on a suggestion"
    HANDED_IN = "handed in"
    ANSWERED = "handed in again what was sent back"
    JUDGED = "judged a region"
    SENT_BACK = "sent back"
    APPROVED = "approved"
    TRUTH = "wrote a ground truth"
    LABELS = "changed the label set"
    GAVE = "gave a task to somebody"
    LINKED = "set how a model is used"
    EXPORTED = "exported"
    RELEASED = "made a release"
    CREATED = "made a project"


class Lead(StrEnum):
    """What the link of a step opens, besides its page."""

    PROJECT = "project"
    NEW_TASK = "new task"
    SENT_BACK = "sent back"


@dataclass(frozen=True)
class Step:
    """One step; `text` is Markdown, `page` the name in the address, `doc` a page of docs/."""

    id: str
    title: str
    text: str
    page: str
    needs: Deed
    doc: str
    lead: Lead = Lead.PROJECT


@dataclass(frozen=True)
class Tour:
    """The tour of a role, in about five minutes."""

    role: Role
    title: str
    steps: tuple[Step, ...]

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


DONE: Final = "done"
SKIPPED: Final = "skipped"

SEEN: Final[Mapping[str, Deed]] = {
    "dashboard": Deed.SAW_DASHBOARD,
    "project": Deed.SAW_PROJECT,
    "review": Deed.SAW_REVIEW,
    "insight": Deed.SAW_INSIGHT,
}
"""Pages that it is enough to open."""

_ANNOTATOR: Final = Tour(
    Role.ANNOTATOR,
    "Annotating",
    (
        Step("open", "Open a task", "**Annotate** shows the next recording of your queue. `Space` plays and pauses; "
             "`?` shows all keys.", "annotate", Deed.OPENED, "editor", Lead.NEW_TASK),
        Step("mark", "Mark a sound", "Drag along the lane of a label, from where its sound begins to where it ends. "
             "By keys: `I` begins a region while it plays, `O` ends it.", "annotate", Deed.MARKED, "editor",
             Lead.NEW_TASK),
        Step("change", "Correct it", "Click the region and pull an edge, or press `[` `]` for its start and `,` `.` "
             "for its end. `Ctrl+Z` undoes. Everything is saved as you go.", "annotate", Deed.CHANGED, "keys",
             Lead.NEW_TASK),
        Step("suggestion", "Decide on a suggestion", "Dashed regions are suggestions of a model. `N` goes to the next "
             "one, `A` accepts, `R` rejects. None there? Press **Predict**.", "annotate", Deed.DECIDED, "suggestions",
             Lead.NEW_TASK),
        Step("submit", "Hand it in", "`Ctrl+Enter` or **Submit** hands the task in for review, and the next one comes.",
             "annotate", Deed.HANDED_IN, "editor", Lead.NEW_TASK),
        Step("answer", "Answer a remark", "A task was sent back to you: the region in question carries the reviewer's "
             "words. Correct it, then submit again.", "annotate", Deed.ANSWERED, "reviewing", Lead.SENT_BACK),
        Step("standing", "See where you stand", "The **Dashboard** counts what waits for you, what is in review and "
             "what was approved.", "dashboard", Deed.SAW_DASHBOARD, "queues"),
    ),
)  # fmt: skip

_REVIEWER: Final = Tour(
    Role.REVIEWER,
    "Reviewing",
    (
        Step("open", "Open a review", "**Review** shows what an annotator handed in, and in rows below it what others "
             "and models said. *Disagree* is dark where they differ.", "review", Deed.SAW_REVIEW, "reviewing"),
        Step("judge", "Send a region back", "Select a region with `J`, and press `X` if it is wrong, `Y` if it is "
             "right. Say what is wrong, then press **Send back**.", "review", Deed.SENT_BACK, "reviewing"),
        Step("approve", "Approve another", "The next one that waits comes by itself. Listen with `Space`, then press "
             "**Approve**.", "review", Deed.APPROVED, "reviewing"),
        Step("truth", "Write the ground truth", "In another review, `N` goes to the next disagreement and `1` to `9` "
             "take a version. **Approve** or **Send back** then keeps your *Ground truth* too.", "review", Deed.TRUTH,
             "reviewing"),
        Step("verify", "Judge many of one label", "**Regions of one label**, above the review, shows them side by "
             "side: `Y` and `X` judge each.", "review", Deed.JUDGED, "reviewing"),
        Step("insight", "See who differs, and where", "**Insight** has agreement by label and annotator. Confusions "
             "and the worst tasks open at the place.", "insight", Deed.SAW_INSIGHT, "agreement"),
    ),
)  # fmt: skip

_MANAGER: Final = Tour(
    Role.MANAGER,
    "Managing",
    (
        Step("project", "Look over the project", "**Project** has all that belongs to it. *Tasks* says who has what "
             "and how it stands; recordings are uploaded in the next tab.", "project", Deed.SAW_PROJECT, "concepts"),
        Step("labels", "Change the label set", "Tab **Labels**: add a row, for example *Bird*, and press **Save "
             "labels**. What is marked stays.", "project", Deed.LABELS, "label-sets"),
        Step("give", "Give a task to somebody", "Tab **Tasks**: tick one or more rows, press **Assign or release …**, "
             "choose an annotator and confirm.", "project", Deed.GAVE, "queues"),
        Step("model", "Set how a model helps", "Tab **Models**: raise the lowest score of *baseline* and save. "
             "Annotators then see only what it is surer of.", "project", Deed.LINKED, "models"),
        Step("insight", "See how far people agree", "**Insight** compares the annotators, and leads to the tasks on "
             "which they differ most.", "insight", Deed.SAW_INSIGHT, "agreement"),
        Step("export", "Export", "Tab **Export**: choose a format. The page says what the format cannot carry. Then "
             "press **Download**.", "project", Deed.EXPORTED, "formats"),
        Step("release", "Make a release", "Tab **Releases**: give it a version such as *1.0*. It never changes "
             "again, and has splits, checksums and a card.", "project", Deed.RELEASED, "releases"),
        Step("create", "Begin one of your own", "Dashboard, **New project**: choose what to label. **Try it with "
             "sample recordings** fills it at once.", "dashboard", Deed.CREATED, "tour"),
    ),
)  # fmt: skip

TOURS: Final[Mapping[Role, Tour]] = {tour.role: tour for tour in (_MANAGER, _REVIEWER, _ANNOTATOR)}
"""In the order in which they are offered."""

_MARKING: Final[Mapping[str, str]] = {
    "beats": "Press `Space` and tap `T` along with the beats; or press *Take* beside what the analysis found.",
    "captioning": "Write a sentence about the clip under **Caption**. A drag in the lane marks a passage.",
    "music-tagging": "Choose a **tag** that holds for the whole clip, or drag along a lane for a passage.",
    "transcription": "Drag along the lane of a speaker, then type what is said.",
    "structure": "Drag along the lane of a section, from where it begins to where it ends.",
}
_CHANGING: Final[Mapping[str, str]] = {
    "beats": "Drag a beat, or select it and press `Shift+D` where a bar begins. `Ctrl+Z` undoes.",
    "captioning": "Add a word to your sentence, or pull an edge of the passage. Everything is saved as you go.",
    "music-tagging": "Choose one more tag, or pull an edge of the passage. Everything is saved as you go.",
}


def tour_of(role: Role, template: str) -> Tour:
    """The tour of a role, in the words of a template where it has its own."""
    tour = TOURS[role]
    if role is not Role.ANNOTATOR:
        return tour
    own = {"mark": _MARKING.get(template), "change": _CHANGING.get(template)}
    return replace(tour, steps=tuple(replace(step, text=own.get(step.id) or step.text) for step in tour.steps))


def passed(tour: Tour, before: Mapping[str, str], deeds: Collection[Deed], page: str) -> dict[str, str]:
    """How each step stands that was done or skipped: as before, and done where a deed has completed it since.

    What is to be looked at counts only when it is its turn: whoever begins on the dashboard has not looked at it yet.
    """
    known = {step.id for step in tour.steps}
    after = {step: state for step, state in before.items() if step in known}
    after |= {step.id: DONE for step in tour.steps if step.needs in deeds}
    step = present(tour, after)
    return after | {step.id: DONE} if step is not None and step.needs is SEEN.get(page) else after


def present(tour: Tour, steps: Mapping[str, str]) -> Step | None:
    """The step to do now: the first that is neither done nor skipped; None at the end."""
    return next((step for step in tour.steps if step.id not in steps), None)

"""The steps of the guided tours, in the words that people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.tour_steps_german import in_german
from labelbuddy_core.domain.tours import Deed, Lead, Step, Tour

_ANNOTATOR: Final = Tour(
    Role.ANNOTATOR,
    "Annotating",
    (
        Step(
            "open",
            "Open a task",
            "**Annotate** shows the next recording of your queue. `Space` plays and pauses; `?` shows all keys.",
            "annotate",
            Deed.OPENED,
            "editor",
            Lead.NEW_TASK,
        ),
        Step(
            "mark",
            "Mark a sound",
            "Drag along a free part of a lane, from where the sound of its label begins to "
            "where it ends. By keys: `I` begins a region while it plays, `O` ends it.",
            "annotate",
            Deed.MARKED,
            "editor",
            Lead.NEW_TASK,
        ),
        Step(
            "change",
            "Correct it",
            "Click the region and pull an edge, or press `[` `]` for its start and `,` `.` "
            "for its end. `Ctrl+Z` undoes. Everything is saved as you go.",
            "annotate",
            Deed.CHANGED,
            "keys",
            Lead.NEW_TASK,
        ),
        Step(
            "suggestion",
            "Decide on a suggestion",
            "Dashed regions are suggestions of a model. `N` goes to the next "
            "one, `A` accepts, `R` rejects. None there? Press **Predict**.",
            "annotate",
            Deed.DECIDED,
            "suggestions",
            Lead.NEW_TASK,
        ),
        Step(
            "submit",
            "Hand it in",
            "`Ctrl+Enter` or **Submit** hands the task in for review, and the next one comes.",
            "annotate",
            Deed.HANDED_IN,
            "editor",
            Lead.NEW_TASK,
        ),
        Step(
            "answer",
            "Answer a remark",
            "A task was sent back to you: the region in question carries the reviewer's "
            "words. Correct it, then submit again.",
            "annotate",
            Deed.ANSWERED,
            "reviewing",
            Lead.SENT_BACK,
        ),
        Step(
            "standing",
            "See where you stand",
            "The **Dashboard** counts what waits for you, what is in review and what was approved.",
            "dashboard",
            Deed.SAW_DASHBOARD,
            "queues",
        ),
    ),
)

_REVIEWER: Final = Tour(
    Role.REVIEWER,
    "Reviewing",
    (
        Step(
            "open",
            "Open a review",
            "**Review** shows what an annotator handed in, and in rows below it what others "
            "and models said. *Disagree* stands out where they differ.",
            "review",
            Deed.SAW_REVIEW,
            "reviewing",
        ),
        Step(
            "judge",
            "Send a region back",
            "Click a region, or go through them with `J`. `X` says that it is wrong, "
            "`Y` that it is right. Say what is wrong, then press **Send back**.",
            "review",
            Deed.SENT_BACK,
            "reviewing",
        ),
        Step(
            "approve",
            "Approve another",
            "The next one that waits comes by itself. Listen with `Space`, then press **Approve**.",
            "review",
            Deed.APPROVED,
            "reviewing",
        ),
        Step(
            "truth",
            "Write the ground truth",
            "`N` goes to the next disagreement, `2` takes what version 2 says, "
            "`M` joins all. The row *Ground truth* changes, and **Approve** keeps it too.",
            "review",
            Deed.TRUTH,
            "reviewing",
        ),
        Step(
            "verify",
            "Judge many of one label",
            "**Regions of one label**, above the review, shows them side by side: `Y` and `X` judge each.",
            "review",
            Deed.JUDGED,
            "reviewing",
            Lead.ONE_LABEL,
        ),
        Step(
            "insight",
            "See who differs, and where",
            "**Insight** has agreement by label and annotator. Confusions and the worst tasks open at the place.",
            "insight",
            Deed.SAW_INSIGHT,
            "agreement",
        ),
    ),
)

_MANAGER: Final = Tour(
    Role.MANAGER,
    "Managing",
    (
        Step(
            "project",
            "Look over the project",
            "**Project** has all that belongs to it. *Tasks* says who has what "
            "and how it stands; recordings are uploaded in the next tab.",
            "project",
            Deed.SAW_PROJECT,
            "concepts",
        ),
        Step(
            "labels",
            "Change the label set",
            "Tab **Labels**: click the empty row at the end of the table, type a name, for example *Bird*, and press "
            "**Save labels**. What is marked stays.",
            "project",
            Deed.LABELS,
            "label-sets",
            tab="Labels",
        ),
        Step(
            "give",
            "Give a task to somebody",
            "Tab **Tasks**: tick one or more rows, press **Assign or release …**, choose an annotator and confirm.",
            "project",
            Deed.GAVE,
            "queues",
            tab="Tasks",
        ),
        Step(
            "model",
            "Set how a model helps",
            "Tab **Models**, *baseline*, **Labels and scores …**: raise the lowest "
            "score and save. Annotators then see only what it is surer of.",
            "project",
            Deed.LINKED,
            "models",
            tab="Models",
        ),
        Step(
            "insight",
            "See how far people agree",
            "**Insight** compares the annotators, and leads to the tasks on which they differ most.",
            "insight",
            Deed.SAW_INSIGHT,
            "agreement",
        ),
        Step(
            "export",
            "Export",
            "Tab **Export**: choose a format. The page says what the format cannot carry. Then press **Download**.",
            "project",
            Deed.EXPORTED,
            "formats",
            tab="Export",
        ),
        Step(
            "release",
            "Make a release",
            "Tab **Releases**, **New release**: a version such as *1.0* is enough. "
            "It never changes again, and has splits, checksums and a card.",
            "project",
            Deed.RELEASED,
            "releases",
            tab="Releases",
        ),
        Step(
            "create",
            "Begin one of your own",
            "Dashboard, **New project**: choose what to label. **Try it with sample recordings** fills it at once.",
            "dashboard",
            Deed.CREATED,
            "tour",
        ),
    ),
)

TOURS: Final[Mapping[Role, Tour]] = {tour.role: tour for tour in (_MANAGER, _REVIEWER, _ANNOTATOR)}
"""In the order in which they are offered."""

_MARKING: Final[Mapping[str, str]] = {
    "beats": "Press `Space` and tap `T` along with the beats; or press **Use found beats**, once they are found.",
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


def tour_of(role: Role, template: str, language: str = "en") -> Tour:
    """The tour of a role, in the words of a template where it has its own, and of the editor's language: en or de."""
    tour = TOURS[role]
    if language == "de":
        return in_german(tour, template)
    if role is not Role.ANNOTATOR:
        return tour
    own = {"mark": _MARKING.get(template), "change": _CHANGING.get(template)}
    return replace(tour, steps=tuple(replace(step, text=own.get(step.id) or step.text) for step in tour.steps))

"""Steps of guided tours in German, for those whose editor speaks it: a step names its buttons as they are called there.

The tour of managing leads through pages that are English, and so is told in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.tours import Tour

Words = Mapping[str, tuple[str, str]]
"""Title and text of a step, by its id."""

_ANNOTATOR: Final[Words] = {
    "open": (
        "Eine Aufgabe öffnen",
        "**Annotate** zeigt die nächste Aufnahme Ihrer Warteschlange. Die `Leertaste` spielt ab und hält an; `?` zeigt "
        "alle Tasten.",
    ),
    "mark": (
        "Ein Geräusch markieren",
        "Ziehen Sie in einer Spur über eine freie Stelle, vom Anfang bis zum Ende dessen, was zu ihrem Label gehört. "
        "Mit Tasten: `I` beginnt beim Abspielen einen Bereich, `O` beendet ihn.",
    ),
    "change": (
        "Berichtigen",
        "Klicken Sie den Bereich an und ziehen Sie an einer Grenze, oder drücken Sie `[` `]` für den Anfang und "
        "`,` `.` für das Ende. `Strg+Z` nimmt zurück. Alles wird laufend gespeichert.",
    ),
    "suggestion": (
        "Über einen Vorschlag entscheiden",
        "Gestrichelte Bereiche sind Vorschläge eines Modells. `N` geht zum nächsten, `A` nimmt an, `R` lehnt ab. Keine "
        "da? **Vorhersagen** fragt das Modell.",
    ),
    "submit": (
        "Abgeben",
        "`Strg+Eingabe` oder **Abgeben** gibt die Aufgabe zur Prüfung ab, und die nächste kommt.",
    ),
    "answer": (
        "Auf eine Anmerkung antworten",
        "Eine Aufgabe kam zurück: Der betroffene Bereich trägt die Worte der Prüfung. Berichtigen Sie ihn und geben "
        "Sie wieder ab.",
    ),
    "standing": (
        "Sehen, wo Sie stehen",
        "Das **Dashboard** zählt, was auf Sie wartet, was geprüft wird und was freigegeben ist.",
    ),
}
_MARKING: Final[Mapping[str, str]] = {
    "beats": "Drücken Sie die `Leertaste` und tippen Sie `T` im Takt; oder drücken Sie **Gefundene nutzen**, sobald "
    "sie gefunden sind.",
    "captioning": "Schreiben Sie unter **Beschreibung** einen Satz über den Ausschnitt. Ziehen in der Spur markiert "
    "eine Stelle.",
    "music-tagging": "Wählen Sie ein **Tag**, das für den ganzen Ausschnitt gilt, oder ziehen Sie in einer Spur über "
    "eine Stelle.",
    "transcription": "Ziehen Sie in der Spur einer Person, und tippen Sie dann, was gesagt wird.",
    "structure": "Ziehen Sie in der Spur eines Abschnitts von seinem Anfang bis zu seinem Ende.",
}
_CHANGING: Final[Mapping[str, str]] = {
    "beats": "Ziehen Sie einen Taktschlag, oder wählen Sie ihn aus und drücken Sie `Umschalt+D`, wo ein Takt beginnt. "
    "`Strg+Z` nimmt zurück.",
    "captioning": "Fügen Sie Ihrem Satz ein Wort hinzu, oder ziehen Sie an einer Grenze. Alles wird laufend "
    "gespeichert.",
    "music-tagging": "Wählen Sie noch ein Tag, oder ziehen Sie an einer Grenze. Alles wird laufend gespeichert.",
}
_REVIEWER: Final[Words] = {
    "open": (
        "Eine Prüfung öffnen",
        "**Review** zeigt, was jemand abgegeben hat, und in den Zeilen darunter, was andere und Modelle sagten. "
        "*Abweichung* ist dunkel, wo sie sich unterscheiden.",
    ),
    "judge": (
        "Einen Bereich zurückgeben",
        "Klicken Sie einen Bereich an, oder gehen Sie mit `J` von einem zum nächsten. `X` heißt falsch, `Y` richtig. "
        "Schreiben Sie, was falsch ist, und drücken Sie **Zurückgeben**.",
    ),
    "approve": (
        "Eine andere freigeben",
        "Die nächste, die wartet, kommt von selbst. Hören Sie mit der `Leertaste` hinein und drücken Sie "
        "**Freigeben**.",
    ),
    "truth": (
        "Die Grundwahrheit schreiben",
        "`N` geht zur nächsten Abweichung, `2` nimmt, was Fassung 2 sagt, `M` vereint alle. Die Zeile *Grundwahrheit* "
        "ändert sich, und **Freigeben** behält auch sie.",
    ),
    "verify": (
        "Viele eines Labels beurteilen",
        "**Regions of one label**, über der Prüfung, zeigt sie nebeneinander: `Y` und `X` beurteilen jeden.",
    ),
    "insight": (
        "Sehen, wer sich wo unterscheidet",
        "**Insight** zeigt die Übereinstimmung nach Label und Person. Verwechslungen und die schlechtesten Aufgaben "
        "öffnen sich an der Stelle.",
    ),
}
_WORDS: Final[Mapping[Role, Words]] = {Role.ANNOTATOR: _ANNOTATOR, Role.REVIEWER: _REVIEWER}


def in_german(tour: Tour, template: str) -> Tour:
    """A tour in German, in the words of a template where it has its own; that of managing as it is."""
    words = _WORDS.get(tour.role)
    if words is None:
        return tour
    own = {"mark": _MARKING.get(template), "change": _CHANGING.get(template)} if tour.role is Role.ANNOTATOR else {}
    steps = []
    for step in tour.steps:
        title, text = words[step.id]
        steps.append(replace(step, title=title, text=own.get(step.id) or text))
    return replace(tour, steps=tuple(steps))

"""Each figure in a sentence that says how to read it, without adjectives that a field has to earn first."""

from __future__ import annotations

from labelbuddy_core.domain.agreement.figures import Figure
from labelbuddy_core.domain.agreement.sums import Kind, Ruler

RARE = 0.05
"""Below this share of units, or above one minus it, a kappa says little by itself."""
FEW = 20
"""With fewer recordings a bootstrap interval is too narrow more often than it says."""

TITLES = {
    "fleiss_kappa": "Fleiss' κ",
    "cohen_kappa": "Cohen's κ, mean over pairs",
    "krippendorff_alpha": "Krippendorff's α",
    "krippendorff_alpha_nominal": "Krippendorff's α (nominal)",
    "krippendorff_alpha_ordinal": "Krippendorff's α (ordinal)",
    "krippendorff_alpha_interval": "Krippendorff's α (interval)",
    "observed_agreement": "Observed agreement",
    "event_f1": "Event F1 (collar)",
    "overlap_f1": "Event F1 (overlap)",
    "onset_deviation": "Onset deviation (s)",
    "offset_deviation": "Offset deviation (s)",
    "onset_hit_rate": "Onset hit rate",
    "offset_hit_rate": "Offset hit rate",
    "beat_f_measure": "Beats: F-measure",
    "beat_amlt": "Beats: AMLt",
    "chord_root": "Chords: roots",
    "chord_majmin": "Chords: major and minor",
    "boundary_hit_rate_0.5s": "Boundary hit rate, 0.5 s",
    "boundary_hit_rate_3s": "Boundary hit rate, 3 s",
    "chrf": "Captions: chrF2",
    "rouge_l": "Captions: ROUGE-L",
    "caption_meaning": "Captions: cosine of vectors",
    "gamma": "γ",
}


def reading(figure: Figure, name: str, ruler: Ruler) -> str:
    """What the figure says. `name` is the label's (with the question's), as people know it."""
    about = name or "all labels together"
    if figure.value is None:
        return _nothing(figure, about)
    return " ".join(part for part in (_said(figure, figure.value, about, ruler), _rare(figure), _few(figure)) if part)


def _said(figure: Figure, value: float, about: str, ruler: Ruler) -> str:
    match figure.measure:
        case "fleiss_kappa" | "cohen_kappa" | "krippendorff_alpha":
            return f"On {_question(figure, about, ruler)}, annotators are {_way(value)}.{_ADDED[figure.measure]}"
        case "observed_agreement":
            return (
                f"In {_percent(value)} of cases two annotators say the same of {about}; chance is part of this figure."
            )
        case "event_f1":
            collar = ruler.collar
            return (
                f"Of the regions of two annotators ({about}), {_percent(value)} have a partner with the same label, "
                f"whose onset lies within {collar.seconds:g} s and whose offset within that "
                f"or {_percent(collar.share)} of the length."
            )
        case "overlap_f1":
            return (
                f"Of the regions of two annotators ({about}), {_percent(value)} have a partner with the same label "
                f"that shares {_percent(ruler.overlap)} or more of their united time."
            )
        case "onset_deviation" | "offset_deviation":
            edge = figure.measure.removesuffix("_deviation")
            return (
                f"Where two annotators mark the same event ({about}), their {edge}s lie {value:.3f} s apart on average."
            )
        case "onset_hit_rate" | "offset_hit_rate":
            edge = figure.measure.removesuffix("_hit_rate")
            return (
                f"Where two annotators mark the same event ({about}), {_percent(value)} of {edge}s lie within "
                f"{ruler.collar.seconds:g} s of each other."
            )
        case "beat_f_measure":
            return f"Of the beats of two annotators, {_percent(value)} lie within 70 ms of a beat of the other."
        case "beat_amlt":
            return f"Two annotators go on together, also at double or half tempo, in {_percent(value)} of beats."
        case "chord_root":
            return f"Two annotators name the same root in {_percent(value)} of the time ({about})."
        case "chord_majmin":
            return f"Two annotators name the same major or minor triad in {_percent(value)} of the time ({about})."
        case "boundary_hit_rate_0.5s" | "boundary_hit_rate_3s":
            window = "0.5 s" if figure.measure.endswith("0.5s") else "3 s"
            return f"Of the boundaries of two annotators ({about}), {_percent(value)} have a partner within {window}."
        case "chrf":
            return (
                f"Captions of two annotators share {_percent(value)} of their letters in order (n-grams); the same "
                "meaning in other words is low, and a word that contradicts changes little."
            )
        case "rouge_l":
            return f"In captions of two annotators {_percent(value)} of the words come in the same order."
        case "caption_meaning":
            return (
                f"The vectors that the text model gives of captions of two annotators have a cosine of {value:.2f} on "
                "average; what is high depends on the model, so compare only what the same model measured."
            )
        case "gamma":
            return (
                f"On where events are and what they are together, annotators are {_way(value)}. Partly overlapping "
                "events count in part, so no collar has to be chosen."
            )
        case _:
            return f"About the same event, the answers of annotators to {about} are {_way(value)}."


_ADDED = {
    "fleiss_kappa": "",
    "cohen_kappa": " Chance is what the habits of each two annotators would give; the figure is the mean over pairs.",
    "krippendorff_alpha": " It holds also where not everybody has answered.",
}


def _question(figure: Figure, about: str, ruler: Ruler) -> str:
    if figure.kind == Kind.TAGS:
        return "which tags a clip has" if figure.label is None else f"whether a clip has the tag {about}"
    frame = f"a frame of {ruler.step:g} s"
    return f"which labels sound in {frame}" if figure.label is None else f"whether {about} sounds in {frame}"


def _way(value: float) -> str:
    return "below chance" if value < 0 else f"{_percent(value)} of the way from chance to full agreement"


def _nothing(figure: Figure, about: str) -> str:
    if figure.measure.endswith("deviation") or figure.measure.endswith("hit_rate"):
        return f"No event of two annotators overlaps enough to be the same ({about})."
    return f"Cannot be computed: everybody always said the same of {about}, so nothing tells agreement from chance."


def _rare(figure: Figure) -> str:
    if figure.prevalence is None or not figure.measure.startswith(("fleiss", "cohen", "krippendorff_alpha")):
        return ""
    if figure.label is None or RARE <= figure.prevalence <= 1.0 - RARE:
        return ""
    share = f"{100 * figure.prevalence:.2g} %"
    if figure.prevalence < RARE:
        return (
            f"Only {share} of units have the label: a few disagreements move the figure much; read it beside event F1."
        )
    return f"As many as {share} of units have the label: a few disagreements move the figure much."


def _few(figure: Figure) -> str:
    if figure.low is not None and figure.recordings < FEW:
        return f"The interval rests on only {figure.recordings} recordings and is likely too narrow."
    return ""


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"

"""How the figures came about, in words that can stand in a paper."""

from __future__ import annotations

from importlib import metadata

from labelbuddy_core.domain.agreement import gamma
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.sums import Kind, Ruler


def methods_text(
    measured: Measurement, truth: Measurement, aligned: Measurement, ruler: Ruler, version: str, text_model: str = ""
) -> str:
    """The methods paragraph of a report; `version` is LabelBuddy's.

    `truth` is of annotators beside ground truth, `aligned` has the tasks of γ; `text_model` is the name and version of
    what gave vectors of captions.
    """
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "scipy", "mir_eval"))
    return (
        f"Agreement was computed with LabelBuddy {version} ({libraries}) over {measured.recordings} recordings with at "
        "least two submitted or approved annotations. For clip tags the unit is the task, for regions a frame of "
        f"{ruler.step:g} s, which counts as marked when its middle lies in a region; each label is a yes-or-no "
        "decision. "
        "We report Fleiss' κ (Fleiss 1971), Cohen's κ (Cohen 1960) as the mean over pairs of annotators, and "
        "Krippendorff's α (Krippendorff 2011); over all labels, observed and expected values are summed before their "
        "ratio is taken. Events of two annotators match when their labels are the same, their onsets differ by at most "
        f"{ruler.collar.seconds:g} s and their offsets by at most that or {ruler.collar.share:g} of the mean length "
        "(after Mesaros et al. 2016), in an optimal one-to-one matching; F1 is pooled over pairs and recordings. "
        "Boundary deviations and hit rates, and α of attributes (nominal for choices, ordinal for ratings, interval "
        f"for numbers), are over events that share at least {ruler.overlap:g} of their united time. Confusions are "
        "counted between such events; those left over on both sides are matched by overlap whatever their label. "
        "Beats, chords and sections follow mir_eval (Raffel et al. 2014)."
        f"{_captions(measured, text_model)}{_gamma(aligned)}{_truth(truth)}"
        f" Intervals are {measured.level:.0%} percentile bootstrap intervals over recordings "
        f"({measured.replicates} Poisson replicates, {measured.people.replicates or 'none'} for figures of pairs and "
        f"people, seed {measured.seed}; Hanley and MacGibbon 2006)."
    )


def _captions(measured: Measurement, text_model: str) -> str:
    if measured.sums.of((Kind.CAPTIONS,)) is None:
        return ""
    return (
        " Captions of two annotators are compared by chrF2 (Popović 2015), the mean of both ways, and by ROUGE-L "
        f"(Lin 2004), averaged over pairs and recordings.{_meanings(measured, text_model)}"
    )


def _meanings(measured: Measurement, text_model: str) -> str:
    if measured.sums.of((Kind.MEANINGS,)) is None:
        return ""
    return f" How alike they are in meaning is the cosine of the vectors that {text_model} gives of them."


def _gamma(measured: Measurement) -> str:
    sums = measured.sums.of((Kind.GAMMA,))
    if sums is None:
        return ""
    return (
        f" γ (Mathet et al. 2015) is one minus the disorder of the best alignment over the disorder expected by chance "
        f"(α = {gamma.ALPHA:g}, β = {gamma.BETA:g}, Δ∅ = {gamma.EMPTY:g}), both summed over {sums.total[2]:.0f} tasks; "
        f"chance is the mean of {gamma.DRAWN} drawings per task."
    )


def _truth(truth: Measurement) -> str:
    if not truth.recordings:
        return ""
    return (
        f" Over {truth.recordings} recordings each annotator is also compared with the ground truth: what a reviewer "
        "adjudicated, else what was merged from the annotations themselves, in which case the annotator's own answer "
        "is part of it."
    )

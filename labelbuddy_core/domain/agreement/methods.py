"""How the figures came about, in words that can stand in a paper."""

from __future__ import annotations

from importlib import metadata

from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.tallies import Ruler


def methods_text(measured: Measurement, ruler: Ruler, version: str) -> str:
    """The methods paragraph of a report; `version` is LabelBuddy's."""
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
        f"for numbers), are over events that share at least {ruler.overlap:g} of their united time. Beats, chords and "
        f"sections follow mir_eval (Raffel et al. 2014). Intervals are {measured.level:.0%} percentile bootstrap "
        f"intervals over recordings ({measured.replicates} Poisson replicates, seed {measured.seed}; Hanley and "
        "MacGibbon 2006)."
    )

"""What every report of agreement says: how to read it, the formulas, and where they are from."""

from __future__ import annotations

READING = (
    "κ, α and γ are 0 where people agree as often as chance would make them and 1 where they always do. No value is "
    "good as such: it depends on what the labels are for.",
    "With a rare, or a nearly constant, label κ and α are low although people mostly agree; the prevalence stands "
    "beside each, and event F1 does not depend on it.",
    "Intervals come from drawing whole recordings anew. With fewer than twenty recordings they are likely too narrow.",
)
SOURCES = (
    "J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971)",
    "J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960)",
    "K. Krippendorff, Computing Krippendorff's alpha-reliability (2011)",
    "A. Mesaros, T. Heittola, T. Virtanen, Metrics for polyphonic sound event detection, Applied Sciences 6 (2016)",
    "C. Raffel et al., mir_eval: a transparent implementation of common MIR metrics, ISMIR (2014)",
    "M. Popović, chrF: character n-gram F-score for automatic MT evaluation, WMT (2015)",
    "C.-Y. Lin, ROUGE: a package for automatic evaluation of summaries, Text Summarization Branches Out (2004)",
    "Y. Mathet, A. Widlöcher, J.-P. Métivier, The unified and holistic method gamma (γ), Computational Linguistics 41 "
    "(2015)",
    "J. A. Hanley, B. MacGibbon, Creating non-parametric bootstrap samples using Poisson frequencies, Computer Methods "
    "and Programs in Biomedicine 83 (2006)",
)
FORMULAS = (
    "Fleiss' κ = (mean P(i) − Σ p(j)²) / (1 − Σ p(j)²), with P(i) = (Σ n(i,j)² − n(i)) / (n(i) (n(i) − 1)) for n(i,j) "
    "of n(i) annotators putting unit i into category j.",
    "Krippendorff's α = 1 − (n − 1) Σ o(c,k) δ²(c,k) / Σ n(c) n(k) δ²(c,k), o being coincidences, each pair of answers "
    "in a unit with m answers counted 1 / (m − 1).",
    "Over all labels: κ = Σ (P − Pₑ) / Σ (1 − Pₑ), α = 1 − Σ Dₒ / Σ Dₑ.",
    "Event F1 = 2 · matched / (regions of one + regions of the other).",
)

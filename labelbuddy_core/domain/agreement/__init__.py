"""Agreement between annotators: what each figure is, from which sums it comes, and how to read it.

Every figure of a project is a function of sums over recordings, so that a project of any size is measured in one pass
(`tallies` → `replicates` → `figures`). Formulas and sources: docs/agreement.md.
"""

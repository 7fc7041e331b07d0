"""Consensus of annotators: what they say together, how sure that is, and how far each of them can be relied on.

A vote is what a rater says about a unit; `votes`, `dawid_skene` and `mace` turn votes into shares for each answer,
`trust` learns from a whole project, `fusion` makes one set of the regions of a task. Formulas: docs/consensus.md.
"""

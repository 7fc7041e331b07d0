"""Sounds that are alike, and labels passed on to them."""

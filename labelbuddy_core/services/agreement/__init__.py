"""Agreement between annotators, and the consensus of what they say."""

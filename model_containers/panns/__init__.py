"""PANNs (Kong et al., 2020): AudioSet's 527 sounds, as tags of a clip and as events in time, from published weights."""

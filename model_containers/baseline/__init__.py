"""Help without any weights: onsets, beats, tempo, sound and silence, and a hint of music and speech."""

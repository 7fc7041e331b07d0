"""Help without any weights: onsets, beats, tempo, sound and silence, a hint of music and speech, and what is alike."""

"""musicnn: tags of music over time (Pons & Serra, 2019, "musicnn: Pre-trained convolutional neural networks for music
audio tagging"), from features to a served answer."""

"""Audio-language models that describe, tag and talk about sound: Music Flamingo, Audio Flamingo 3, Qwen2-Audio."""

"""Models: declared, checked, licensed, started and stopped, their versions."""

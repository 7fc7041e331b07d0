"""What model servers speak: one module a protocol, each turning audio into an answer of our own form."""

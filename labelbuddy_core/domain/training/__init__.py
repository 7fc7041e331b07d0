"""Fine-tuning without I/O: examples, splits without leaks, parameters, balance of labels, and scores with intervals."""

"""The use cases: transactions, permissions and history live here and nowhere else."""

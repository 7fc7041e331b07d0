"""Reviews: queued, assigned, decided; and captions compared."""

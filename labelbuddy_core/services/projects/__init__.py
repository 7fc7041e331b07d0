"""Projects: made, described and counted."""

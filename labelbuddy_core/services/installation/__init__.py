"""What concerns the installation as a whole: jobs, storage, backups, readiness."""

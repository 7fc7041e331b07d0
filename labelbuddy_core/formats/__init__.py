"""One module per file format, each stating what it cannot carry."""

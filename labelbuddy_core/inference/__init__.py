"""Model specifications, the runtimes that serve them and the client that asks them."""

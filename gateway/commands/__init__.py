"""Commands: thin, each says what it did, in Dutch."""

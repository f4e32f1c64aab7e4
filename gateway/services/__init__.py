"""Use cases, one per file. Each opens one transaction and says what belongs together."""

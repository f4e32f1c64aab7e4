"""FSC: what comes through our Inway, checked once more, counted once, and put to a contract."""

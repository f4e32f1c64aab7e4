"""Who asks, and what they may: the authorisation server, the token check, one permission table."""

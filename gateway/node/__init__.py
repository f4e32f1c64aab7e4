"""The NGO node: runs where the records are, and sends the gateway what it may hold, no more."""

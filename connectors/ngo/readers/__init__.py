"""One reader per kind of register. None knows another; each yields `Rij`, and nothing unnamed."""

"""The others: registers of organisations come in, disclosures to partners go out."""

"""Delivers what the gate released to ketenpartners, and is the client they use to pull."""

"""The promise: consent, policy, gate, sealed records, keys, audit log. Knows no web, no network."""

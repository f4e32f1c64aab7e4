"""The audit log: an RFC 9162 Merkle tree over canonical entries.

Entries are appended in the transaction that they prove. Nothing here changes or deletes one.
"""

"""The organisation's DPIA: read from the national form, and what it lets a policy say.

Read in this order: `form` (shape of the file) → `answers` (what it says) → `support` (what that
supports) → `check` (a policy against it) or `draft` (a policy from it).
"""

"""Reads organisations' own registers, each through a mapping file."""

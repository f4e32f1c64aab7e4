"""The demo: the whole exchange on one machine, with invented people and real processes.

Gateway, nodes and worker are the programs that an installation runs; what this package plays
itself is the rest of the world: the days, the municipality, the partners, and the system of an
organisation that answers over HTTP. Nothing outside this package knows of it but its command.
"""

"""What can go wrong in this package.

SchemaError
├── RefusedValueError   a value breaks a rule; carries the code of the rule, never the value
├── CanonicalError      a value has no canonical form
├── TableError          a code table cannot be read
└── GlossaryError       the glossary is not what it says it is

A ValidationError of marshmallow carries the whole input: turn it into `faults.Fout` at once.
"""

from schemas.faults import Foutcode


class SchemaError(Exception):
    """Any refusal by this package."""


class RefusedValueError(SchemaError):
    """A value breaks the rule that `code` names."""

    def __init__(self, code: Foutcode) -> None:
        super().__init__(code.value)
        self.code = code


class CanonicalError(SchemaError):
    """A value has no canonical form: a float, a key outside ASCII, half a character."""


class TableError(SchemaError):
    """A code table cannot be read; names the line and the column."""


class GlossaryError(SchemaError):
    """An entry of the glossary lacks a part."""

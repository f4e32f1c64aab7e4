"""The vocabulary and the wire: closed lists, records, schemas. Knows no web and no database."""

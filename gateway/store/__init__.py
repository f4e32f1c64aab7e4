"""The gateway's own tables, one file each, on the one metadata of the database."""

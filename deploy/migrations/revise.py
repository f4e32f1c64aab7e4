"""For developers: write the next migration from what the tables in the code have become.

    python deploy/migrations/revise.py 0002_what_it_does

Read what it wrote before keeping it: Alembic does not see a renamed column for what it is. Until
the first release there is one migration: remove `versions/0001_begin.py` and make it again.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from alembic import command
from alembic.script import ScriptDirectory

from gateway.database import migrations
from privacy.store.engine import make_engine, writing


def revise(revision: str) -> None:
    """Compare an empty, upgraded database with the tables, and write the difference."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.sqlite")
        with writing(engine) as connection:
            if ScriptDirectory.from_config(migrations()).get_heads():
                command.upgrade(migrations(connection), "head")
            command.revision(migrations(connection), revision, autogenerate=True, rev_id=revision)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  the program and the name
        sys.exit("gebruik: python deploy/migrations/revise.py 0002_wat_het_doet")
    revise(sys.argv[1])

"""The command line `lso-gateway`. One file per group of commands, in `gateway/commands/`.

Exit code 0 only on success; 1 where the work failed; 2 where the question or the settings are
at fault. Files that a command makes are for this user alone.
"""

import os

import click

from gateway.commands.client import client
from gateway.commands.database import database
from gateway.commands.keys import keys
from gateway.commands.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """LSO-gateway: deel per casus wat is toegestaan, en niets meer."""
    os.umask(0o077)


main.add_command(client)
main.add_command(database)
main.add_command(keys)
main.add_command(serve)


if __name__ == "__main__":
    main()

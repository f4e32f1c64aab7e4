"""The command line `lso-gateway`. One file per group of commands, in `gateway/commands/`.

Exit code 0 only on success; 1 where the work failed; 2 where the question or the settings are
at fault.
"""

import os

import click

from gateway.commands.agent import agent
from gateway.commands.audit import audit
from gateway.commands.client import client
from gateway.commands.contract import contract
from gateway.commands.database import database
from gateway.commands.demo import demo
from gateway.commands.keys import keys
from gateway.commands.serve import serve
from gateway.commands.token import token
from gateway.commands.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """LSO-gateway: deel per casus wat is toegestaan, en niets meer."""


cli.add_command(audit)
cli.add_command(agent)
cli.add_command(client)
cli.add_command(contract)
cli.add_command(database)
cli.add_command(demo)
cli.add_command(keys)
cli.add_command(serve)
cli.add_command(worker)
client.add_command(token)


def main() -> None:
    """The program itself: whatever file it makes is for this user alone."""
    os.umask(0o077)
    cli()


if __name__ == "__main__":
    main()

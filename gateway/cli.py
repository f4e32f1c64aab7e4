"""The command line `lso-gateway`. One file per group of commands, in `gateway/commands/`.

Exit code 0 only on success; 1 where the work failed; 2 where the question or the settings are
at fault. A command is loaded when it is asked for: a node that starts every hour need not read
what only a web server uses.
"""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import click

from gateway.commands.help_in_dutch import Commandos


def _agent() -> click.Command:
    from gateway.commands.agent import agent

    return agent


def _audit() -> click.Command:
    from gateway.commands import audit_uit
    from gateway.commands.audit import audit
    from gateway.commands.getroffen import affected

    for each in (affected, audit_uit.export, audit_uit.prove):
        audit.add_command(each)
    return audit


def _bewaren() -> click.Command:
    from gateway.commands.bewaren import retention

    return retention


def _client() -> click.Command:
    from gateway.commands.client import client
    from gateway.commands.token import token

    client.add_command(token)
    return client


def _console() -> click.Command:
    from gateway.commands.console import console

    return console


def _contract() -> click.Command:
    from gateway.commands.contract import contract

    return contract


def _database() -> click.Command:
    from gateway.commands.database import database

    return database


def _demo() -> click.Command:
    from gateway.commands.demo import demo

    return demo


def _herstel() -> click.Command:
    from gateway.commands.herstel import restored

    return restored


def _inzage() -> click.Command:
    from gateway.commands.inzage import inzage

    return inzage


def _keys() -> click.Command:
    from gateway.commands.keys import keys

    return keys


def _logtekenaar() -> click.Command:
    from gateway.commands.logtekenaar import logtekenaar

    return logtekenaar


def _ondertekenaar() -> click.Command:
    from gateway.commands.ondertekenaar import ondertekenaar

    return ondertekenaar


def _ontvangstboek() -> click.Command:
    from gateway.commands.ontvangstboek import ontvangstboek

    return ontvangstboek


def _pia() -> click.Command:
    from gateway.commands import pia_rules
    from gateway.commands.pia import pia
    from gateway.commands.pia_simuleer import simulate

    pia.add_command(simulate)
    for each in (
        pia_rules.take_in,
        pia_rules.record,
        pia_rules.activate,
        pia_rules.withdraw,
        pia_rules.show,
    ):
        pia.add_command(each)
    return pia


def _serve() -> click.Command:
    from gateway.commands.serve import serve

    return serve


def _recalls() -> click.Command:
    from gateway.commands.terugroepingen import terugroepingen

    return terugroepingen


def _toegang() -> click.Command:
    from gateway.commands.toegang import toegang

    return toegang


def _verklaring() -> click.Command:
    from gateway.commands.verklaring import verklaring

    return verklaring


def _verwerkingen() -> click.Command:
    from gateway.commands.verwerkingen import verwerkingen

    return verwerkingen


def _worker() -> click.Command:
    from gateway.commands.worker import worker

    return worker


def _zaakhouders() -> click.Command:
    from gateway.commands.zaakhouders import zaakhouders

    return zaakhouders


COMMANDS: Final[Mapping[str, Callable[[], click.Command]]] = MappingProxyType(
    {
        "agent": _agent,
        "audit": _audit,
        "bewaren": _bewaren,
        "client": _client,
        "console": _console,
        "contract": _contract,
        "db": _database,
        "demo": _demo,
        "herstel": _herstel,
        "inzage": _inzage,
        "logtekenaar": _logtekenaar,
        "ondertekenaar": _ondertekenaar,
        "ontvangstboek": _ontvangstboek,
        "pia": _pia,
        "serve": _serve,
        "sleutels": _keys,
        "terugroepingen": _recalls,
        "toegang": _toegang,
        "verklaring": _verklaring,
        "verwerkingen": _verwerkingen,
        "worker": _worker,
        "zaakhouders": _zaakhouders,
    }
)


#: What was typed, for who notes it.
_WORDS: Final = "lso_gateway.woorden"


class Commands(Commandos):
    """Knows the names; loads a command only to run it, or to tell what it does."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        load = COMMANDS.get(cmd_name)
        return load() if load else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from gateway.commands.attended import attended

        with attended(self, ctx.meta[_WORDS]):
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """LSO-gateway: deel per casus wat is toegestaan, en niets meer."""


def main() -> None:
    """The program itself: whatever file it makes is for this user alone."""
    from gateway.commands.said_in_dutch import run

    os.umask(0o077)
    run(cli, "lso-gateway")


if __name__ == "__main__":
    main()

"""Pins: the policies and notices that the organisation approved must be those of the gateway."""

from collections.abc import Iterator, Mapping

from connectors.gateway_answers import Beleid
from privacy.entitlement import Rulebook


def differences(rulebook: Rulebook, told: Beleid) -> tuple[str, ...]:
    """What differs, a Dutch sentence each; empty where nothing does.

    A recipient or notice that only one of both knows is a difference too.
    """
    return (
        *_between(("het beleid voor", "een ontvanger"), rulebook.policies.digests(), told.beleid),
        *_between(
            ("de verklaring", "een verklaring"), rulebook.notices.digests(), told.verklaringen
        ),
    )


def _between(
    words: tuple[str, str], own: Mapping[str, str], other: Mapping[str, str]
) -> Iterator[str]:
    what, unknown = words
    for name in sorted({*own, *other}):
        if name not in other:
            yield f"Bij de gateway ontbreekt {what} {name}. Er is niets verstuurd."
        elif name not in own:
            # The name is the gateway's word: it is not repeated.
            yield f"De gateway kent {unknown} die hier niet is goedgekeurd. Er is niets verstuurd."
        elif own[name] != other[name]:
            yield f"De gateway gebruikt een andere versie van {what} {name}. Er is niets verstuurd."

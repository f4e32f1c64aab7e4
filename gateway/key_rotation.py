"""Rotation: make the next key, remove what is over, remove one that must go.

Every change holds the lock of the folder and looks anew under it: two workers, or a worker and
the command, make one next key together. Sign and check follow by themselves (`signer`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.signing_files import Contents, KeyFolder, changing, remove_keys, write_key
from gateway.signing_keys import (
    AHEAD,
    BEGINNING,
    Gebruik,
    SigningKey,
    Stand,
    expired,
    standing,
)
from privacy.errors import KeysUnavailableError


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation changed. Nothing made means that the next keys were there already."""

    gemaakt: tuple[SigningKey, ...]
    verwijderd: tuple[SigningKey, ...]


def rotate(
    folder: Path, now: datetime, kinds: Iterable[Gebruik] = tuple(Gebruik), *, at_once: bool = False
) -> Rotated:
    """Make the next key of each kind, `AHEAD` of its use, unless there is one; tidy up.

    `at_once`: make a key that signs from this second on, whatever else is there. Others meet a
    kid that is new to them, so that is for a key that was stolen.
    """
    with changing(folder):
        found = KeyFolder(folder).read_whole()
        made = [
            write_key(folder, gebruik, now if at_once else _to_the_second(now + AHEAD))
            for gebruik in kinds
            if at_once or found.of(gebruik)[-1].vanaf <= now
        ]
        return Rotated(tuple(made), _tidy(folder, found, now))


def tidy(folder: Path, now: datetime) -> tuple[SigningKey, ...]:
    """Remove the keys of tokens that are over; says which."""
    # Nearly always there is none; a folder that may not be written to is then left alone.
    if not expired(KeyFolder(folder).read_whole().of(Gebruik.TOKENS), now):
        return ()
    with changing(folder):
        return _tidy(folder, KeyFolder(folder).read_whole(), now)


def remove(folder: Path, kid: str, now: datetime, *, with_evidence: bool = False) -> SigningKey:
    """Remove one key; tokens that it signed are refused within the period of `Signer`.

    KeysUnavailableError for the key that signs now, for one that is not there, and, unless
    `with_evidence`, for one of answers: what it signed can be checked by nobody afterwards.
    """
    with changing(folder):
        key, stand = _find(KeyFolder(folder).read_whole(), kid, now)
        if stand is Stand.HUIDIG:
            raise KeysUnavailableError(
                "Met deze sleutel wordt nu ondertekend: wissel eerst (sleutels roteren --nu)."
            )
        if key.gebruik is Gebruik.ANTWOORDEN and stand is Stand.VORIGE and not with_evidence:
            raise KeysUnavailableError(
                "Wat deze sleutel ondertekende is daarna niet meer te controleren: "
                "geef --bewijs-vervalt als dat de bedoeling is."
            )
        remove_keys(folder, [key])
        return key


def overview(folder: Path, now: datetime) -> list[dict[str, str | None]]:
    """Every key with what it is for and where it stands; nothing secret."""
    found = KeyFolder(folder).read_whole()
    return [
        {
            "soort": gebruik.value,
            "kid": key.kid,
            "stand": stand.value,
            "vanaf": None if key.vanaf.year == BEGINNING.year else key.vanaf.isoformat(),
        }
        for gebruik in Gebruik
        for key, stand in standing(found.of(gebruik), now)
    ]


def _tidy(folder: Path, found: Contents, now: datetime) -> tuple[SigningKey, ...]:
    over = expired(found.of(Gebruik.TOKENS), now)
    remove_keys(folder, over)
    return over


def _find(found: Contents, kid: str, now: datetime) -> tuple[SigningKey, Stand]:
    for gebruik in Gebruik:
        for key, stand in standing(found.of(gebruik), now):
            if key.kid == kid:
                return key, stand
    raise KeysUnavailableError("Deze sleutel is er niet (zie: sleutels tonen).")


def _to_the_second(moment: datetime) -> datetime:
    """A file's name says seconds: never earlier than was meant."""
    return (moment + timedelta(seconds=1)).replace(microsecond=0)

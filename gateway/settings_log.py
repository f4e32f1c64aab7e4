"""What the log is called in its checkpoints, and the keys that they are believed by."""

from typing import Any, Final
from urllib.parse import urlsplit

from privacy.log.errors import NoteError
from privacy.log.notes import Kind, VerifierKey

_LONGEST: Final = 255


def log_key(value: Any) -> VerifierKey:
    """The vkey that `logtekenaar aanmaken` printed; ValueError otherwise."""
    return _vkey(value, Kind.NOTE, "de vkey die `lso-gateway logtekenaar aanmaken` gaf")


def log_keys(value: Any) -> tuple[VerifierKey, ...]:
    """The same for keys of before: a list, or one text with commas."""
    told = value.split(",") if isinstance(value, str) else value
    if not isinstance(told, list):
        raise ValueError("een lijst van vkeys")  # noqa: TRY004  one kind for all settings
    return tuple(map(log_key, told))


def witness_key(value: Any) -> VerifierKey:
    """The vkey of a witness that cosigns with Ed25519; ValueError otherwise."""
    return _vkey(value, Kind.COSIGNATURE, "sleutel: geen vkey van een getuige (cosignature/v1)")


def log_origin(value: Any) -> str:
    """What the log is called: like a URL without its scheme (C2SP tlog-checkpoint)."""
    text = value.strip() if isinstance(value, str) else ""
    fits = 0 < len(text) <= _LONGEST and text.isascii() and text.isprintable()
    if not fits or " " in text or "+" in text:
        raise ValueError("een naam als gateway.example/log, zonder spatie of +")
    return text


def host_of(uitgever: str) -> str:
    """What it is called where the settings give it no name."""
    return urlsplit(uitgever).netloc


def _vkey(value: Any, kind: Kind, rule: str) -> VerifierKey:
    try:
        found = VerifierKey.parse(value if isinstance(value, str) else "")
    except NoteError:
        raise ValueError(rule) from None
    if found.kind is not kind:
        raise ValueError(rule)
    return found

"""Keys of a log and of witnesses that nobody has, and the settings of a strict installation.

Who really signs and cosigns is in `tests/overseen.py`.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy.log.notes import Kind, VerifierKey

ORIGIN = "gateway.example"
LOG = Ed25519PrivateKey.from_private_bytes(b"l" * 32)
NGO = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
LOG_KEY = VerifierKey.of(ORIGIN, LOG, Kind.NOTE)
NGO_KEY = VerifierKey.of("getuige.example", NGO, Kind.COSIGNATURE)
OTHER_KEY = VerifierKey.of("andere-getuige.example", OTHER, Kind.COSIGNATURE)

#: What strict asks beside the rest. A table stands last in a file of TOML.
LOGSLEUTEL = f'logsleutel = "{LOG_KEY.encode()}"\n'
GETUIGE = (
    '[[getuige]]\nnaam = "Hulporganisatie"\nurl = "https://getuige.example"\n'
    f'sleutel = "{NGO_KEY.encode()}"\n'
)


def strict_file(folder: Path) -> str:
    """The path of a settings file with these two, for tests that give the rest by variables."""
    file = folder / "getuigen.toml"
    file.write_text(LOGSLEUTEL + GETUIGE)
    return str(file)

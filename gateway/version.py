"""The version of the API, on every answer and in the OpenAPI document (semver, ADR-03)."""

from typing import Final

API_VERSION: Final = "1.0.0"

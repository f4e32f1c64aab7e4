"""The HTTP API, one resource per file: parse, ask the service, answer. No decisions here."""

from gateway.api import (
    aanleveringen,
    beleid,
    health,
    mutaties,
    oauth,
    openapi,
    overleggen,
    pakketten,
    toestemmingen,
)

BLUEPRINTS = (
    aanleveringen.blueprint,
    beleid.blueprint,
    health.blueprint,
    mutaties.blueprint,
    oauth.blueprint,
    openapi.blueprint,
    overleggen.blueprint,
    pakketten.blueprint,
    toestemmingen.blueprint,
)

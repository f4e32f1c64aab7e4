"""The HTTP API, one resource per file: parse, ask the service, answer. No decisions here."""

from gateway.api import (
    aanleveringen,
    beleid,
    bewaringstoetsen,
    casussen,
    docs,
    health,
    herstelmeldingen,
    mutaties,
    oauth,
    openapi,
    overleggen,
    pakketten,
    terugroepingen,
    toestemmingen,
)
from gateway.console import views as console

BLUEPRINTS = (
    aanleveringen.blueprint,
    beleid.blueprint,
    bewaringstoetsen.blueprint,
    casussen.blueprint,
    console.blueprint,
    docs.blueprint,
    health.blueprint,
    herstelmeldingen.blueprint,
    mutaties.blueprint,
    oauth.blueprint,
    openapi.blueprint,
    overleggen.blueprint,
    pakketten.blueprint,
    terugroepingen.blueprint,
    toestemmingen.blueprint,
)

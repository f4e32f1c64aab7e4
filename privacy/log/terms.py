"""The closed list of what the log records."""

from enum import StrEnum


class Auditsoort(StrEnum):
    """What happened. Later versions may add kinds; none is ever taken away or given new sense."""

    AANLEVERING = "aanlevering"
    CASUS_AANGENOMEN = "casus_aangenomen"
    TOESTEMMING_GEWIJZIGD = "toestemming_gewijzigd"
    TOESTEMMING_INGETROKKEN = "toestemming_ingetrokken"
    GRONDSLAG_VERVALLEN = "grondslag_vervallen"
    VERSTREKKING = "verstrekking"
    WEIGERING = "weigering"
    PAKKET = "pakket"
    PAGINA = "pagina"
    OVERLEG_GEPLAND = "overleg_gepland"
    AGENDAPUNT = "agendapunt"
    OVERLEG_BEVROREN = "overleg_bevroren"
    BELEID_IN_GEBRUIK = "beleid_in_gebruik"
    BEZORGD = "bezorgd"
    VERIFICATIE = "verificatie"
    TOEGANG_GEWEIGERD = "toegang_geweigerd"
    CASUS_INGEZIEN = "casus_ingezien"
    BEWARINGSTOETS = "bewaringstoets"

"""What each fault says to the people who keep the records: what is wrong, and what to do.

No text holds a value, and none can: a text is fixed for its code.
"""

from typing import Final

#: Code to (what is wrong, what to do about it).
TEKSTEN: Final = {
    "ontbreekt": (
        "Dit gegeven is verplicht en ontbreekt.",
        "Vul het in.",
    ),
    "onbekend_veld": (
        "Dit veld bestaat niet.",
        "Laat het weg of kijk na hoe het heet.",
    ),
    "verkeerd_type": (
        "Dit is een ander soort waarde dan hier hoort.",
        "Lever het soort waarde dat het schema noemt.",
    ),
    "geen_v_nummer": (
        "Dit is geen V-nummer: dat heeft precies tien cijfers.",
        "Neem het V-nummer over van het document, met de nullen vooraan.",
    ),
    "dubbel_gelijk": (
        "Dit staat er meer dan één keer, steeds met dezelfde gegevens.",
        "Verwijder wat dubbel is.",
    ),
    "dubbel_verschillend": (
        "Dit staat er meer dan één keer, met verschillende gegevens.",
        "Zoek uit welke gegevens juist zijn en houd die over.",
    ),
    "geen_datum": (
        "Dit is geen datum.",
        "Vul een datum in als dd-mm-jjjj.",
    ),
    "geen_tijdstip": (
        "Dit is geen tijdstip met tijdzone.",
        "Lever het tijdstip als 2020-04-01T08:00:00Z.",
    ),
    "geen_uuid": (
        "Dit is geen kenmerk in de vorm van een UUID.",
        "Neem het kenmerk over zoals het is uitgegeven.",
    ),
    "dag_bestaat_niet": (
        "Deze dag bestaat niet.",
        "Verbeter de datum.",
    ),
    "in_de_toekomst": (
        "Deze datum ligt in de toekomst.",
        "Verbeter de datum of wacht tot die dag.",
    ),
    "voor_1900": (
        "Deze datum ligt voor 1900.",
        "Verbeter het jaar.",
    ),
    "volgorde": (
        "Deze datum ligt voor de datum die eraan voorafgaat.",
        "Kijk de datums van aanmelding, instroom en uitstroom na.",
    ),
    "onbekende_waarde": (
        "Deze waarde is hier niet toegestaan.",
        "Kies een waarde van de lijst, of vul de woordenlijst aan.",
    ),
    "niet_geldig_op_de_dag": (
        "Deze code bestaat, maar geldt vandaag niet.",
        "Kies de code die nu geldt.",
    ),
    "strijdig": (
        "Dit past niet bij de andere gegevens.",
        "Kijk dit gegeven en de datums na.",
    ),
    "bsn": (
        "Hier staat een burgerservicenummer.",
        "Haal het nummer weg: het mag niet worden uitgewisseld.",
    ),
    "te_lang": (
        "Dit is te lang.",
        "Kort het in.",
    ),
    "te_weinig": (
        "Er staat niets in de lijst.",
        "Lever ten minste één item.",
    ),
    "te_veel": (
        "Er staat te veel in de lijst.",
        "Verdeel het over meer berichten.",
    ),
    "einde_voor_begin": (
        "De toestemming eindigt voordat ze begint.",
        "Verbeter de eerste of de laatste dag.",
    ),
    "onbekende_ontvanger": (
        "Deze ontvanger is niet aangesloten.",
        "Kies een ketenpartner van de lijst.",
    ),
    "onbekend_doel": (
        "Dit doel bestaat niet.",
        "Kies een doel van de lijst.",
    ),
    "onbekende_verklaring": (
        "Deze versie van de toestemmingsverklaring is niet bekend.",
        "Meld de verklaring eerst aan, of verbeter de versie.",
    ),
    "vertegenwoordiger_ontbreekt": (
        "Er moet iemand namens deze persoon hebben getekend (jonger dan 16, of onder curatele).",
        "Noteer wie heeft getekend, of vraag opnieuw toestemming.",
    ),
    "tolk_ontbreekt": (
        "Er was geen tolk bij, en deze taal spreekt uw organisatie niet zelf.",
        "Vraag opnieuw toestemming met een tolk, of laat de talen van uw organisatie aanvullen.",
    ),
    "handtekening_ongeldig": (
        "Uw organisatie heeft deze toestemming niet geldig ondertekend.",
        "Onderteken opnieuw met de sleutel die de gateway van uw organisatie kent.",
    ),
    "onbekende_casus": (
        "Deze casus is niet bekend bij uw organisatie.",
        "Kijk het kenmerk na, of lever de casus opnieuw zonder kenmerk.",
    ),
    "vnummer_van_andere_casus": (
        "Dit V-nummer hoort al bij een andere casus van uw organisatie.",
        "Zoek uit welke casus juist is.",
    ),
    "geen_toestemming": (
        "Hiervoor is geen toestemming.",
        "Laat het gegeven weg, of vraag toestemming.",
    ),
}

"""The countries that come along, by name, and one that does not."""

from pathlib import Path

from helpdesk.rules.vocabulary import Country

FRANCE, SPAIN = Country("FR"), Country("ES")
PORTUGAL = Country("PT")


def portugal(folder: Path, *, desk: str = "") -> Path:
    """Write the file of a country that does not come along; with a desk, by phone too."""
    file = folder / "PT.toml"
    by_phone = f'\n[phone]\nnumber = "+351213456789"\ndesk = "{desk}"\n'
    ways = 'ways = ["account", "help_center"'
    more = PORTUGUESE.replace(ways, f'{ways}, "phone"').replace("[unavailable.phone]", "[x]")
    start, _gap, rest = more.partition("[x]")
    file.write_text(start + by_phone + rest[rest.index("[books]") :] if desk else PORTUGUESE)
    return file


PORTUGUESE = """
order = 3
languages = []
zone = "Europe/Lisbon"
ways = ["account", "help_center"]

[name]
fr = "Portugal"
es = "Portugal"
en = "Portugal"

[place]
fr = "au Portugal"
es = "en Portugal"
en = "in Portugal"

[zones."Europe/Lisbon"]
fr = "heure de Lisbonne"
es = "hora de Lisboa"
en = "Lisbon time"

[zones."Atlantic/Azores"]
fr = "heure des Açores"
es = "hora de las Azores"
en = "Azores time"

[tax_number]
kind = "pt.nif"
name = "NIF"
length = 9
has_letters = false

[tax_number.form]
fr = "un NIF portugais (9 chiffres)"
es = "un NIF portugués (9 cifras)"
en = "a Portuguese NIF (9 digits)"

[tax_number.rule]
fr = "Le NIF portugais a 9 chiffres"
es = "El NIF portugués tiene 9 cifras"
en = "A Portuguese NIF has 9 digits"

[tax_number.wrong]
fr = "Le NIF n’est pas correct\u202f: vérifiez chaque chiffre."
es = "El NIF no es correcto: compruebe cada cifra."
en = "This NIF is not correct: compare each digit."

[unavailable.phone]
fr = "Au Portugal, il n’y a pas de ligne téléphonique\u202f: envoyez-nous une demande."
es = "En Portugal no hay línea telefónica: envíenos una solicitud."
en = "In Portugal there is no phone line: send us a request."

[books]
fr = "Récupérez vos livres\u202f: au Portugal, la loi vous demande de les conserver dix ans."
es = "Descargue sus libros: en Portugal la ley le pide conservarlos diez años."
en = "Take your books: in Portugal the law asks you to keep them for ten years."
"""

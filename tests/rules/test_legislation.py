"""The files of the legislations: what is read, and what is refused with which sentence."""

import re
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from helpdesk import legislations
from helpdesk.rules.legislation import LegislationRefused, PhoneWay
from helpdesk.rules.legislation_file import parse
from helpdesk.rules.vocabulary import Channel, Country, Language
from tests.support.countries import FRANCE, PORTUGAL, PORTUGUESE, SPAIN, portugal

SPANISH = tomllib.loads((legislations.OURS / "ES.toml").read_text("utf-8"))
FRENCH = tomllib.loads((legislations.OURS / "FR.toml").read_text("utf-8"))


def test_the_ways_are_those_of_the_seed_in_their_order() -> None:
    france, spain = legislations.of("FR"), legislations.of("ES")

    assert france.ways == (Channel.ACCOUNT, Channel.HELP_CENTER)
    assert france.phone is None
    assert set(france.unavailable) == {Channel.PHONE}
    assert spain.ways == (Channel.ACCOUNT, Channel.PHONE)
    assert spain.phone == PhoneWay("+34919161717", "es")
    assert set(spain.unavailable) == {Channel.HELP_CENTER}


def test_each_of_ours_has_its_zone_its_number_and_its_words() -> None:
    france = legislations.of("FR")

    assert legislations.countries() == (FRANCE, SPAIN)
    assert (france.zone, france.tax_number.kind) == ("Europe/Paris", "fr.siren")
    assert [other.length for other in france.tax_number.also] == [14, 11]
    assert legislations.of("ES").zones["Atlantic/Canary"][Language.SPANISH] == "hora de Canarias"
    assert "ten years" in france.books[Language.ENGLISH]


def test_a_country_with_every_way_needs_no_excuse() -> None:
    everywhere = deepcopy(SPANISH) | {"ways": ["phone", "account", "help_center"]}
    del everywhere["unavailable"]

    assert parse("ES", everywhere).unavailable == {}


def test_a_number_may_be_of_several_lengths() -> None:
    given = deepcopy(FRENCH)
    given["tax_number"]["length"] = [8, 10]

    assert parse("FR", given).tax_number.lengths == (8, 10)


@pytest.mark.parametrize("code", ["fr", "FRA", "F", "", "F1", "Portugal"])
def test_the_name_of_a_file_is_a_country(code: str) -> None:
    with pytest.raises(LegislationRefused, match="two capital letters"):
        parse(code, FRENCH)
    with pytest.raises(ValueError, match="not the code"):
        Country(code)


GONE = object()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", GONE, "name is missing"),
        ("name.es", GONE, "name.es is missing"),
        ("books.en", "  ", "books.en must be a text"),
        ("place", "in Spain", "place must be a table"),
        ("languages", "es", "languages must be a list"),
        ("order", "first", "order must be a whole number"),
        ("languages", ["pt"], "languages must name some of fr, es, en, each once"),
        ("ways", [], "ways must name at least one way"),
        ("ways", ["fax"], "ways must name some of help_center, account, phone, each once"),
        ("ways", ["phone", "phone"], "ways must name some of help_center, account, phone"),
        ("zone", "Europe/Toledo", "zone is no time zone"),
        ("zones", {}, "zones.Europe/Madrid is missing"),
        ("phone", GONE, "phone is missing"),
        ("phone.number", "919 16 17 17", "phone.number must be a phone number like"),
        ("phone.number", "+34 919 16 17 17", "phone.number must be a phone number like"),
        ("phone.number", "+3491", "phone.number must be a phone number like"),
        ("phone.desk", GONE, "phone.desk is missing"),
        ("unavailable.help_center", GONE, "unavailable.help_center is missing"),
        ("unavailable.phone", {"en": "No."}, "unavailable.phone is not a field"),
        ("tax_number.kind", "es.nothing", "tax_number.kind must be a module of python-stdnum"),
        ("tax_number.kind", "os", "tax_number.kind must be a module of python-stdnum"),
        ("tax_number.has_letters", "yes", "tax_number.has_letters must be true or false"),
        ("tax_number.length", "9", "tax_number.length must be a whole number"),
        ("tax_number.length", [9], "tax_number.length must be two whole numbers"),
        ("tax_number.length", [9, 8], "tax_number.length must be two whole numbers"),
        ("tax_number.also", ["x"], "tax_number.also must be a list of tables"),
        ("tax_number.also", [{"length": 11}], "tax_number.also[0].keep is missing"),
        ("telephone", "x", "telephone is not a field of a legislation"),
    ],
)
def test_what_is_missing_or_wrong_is_named_in_one_sentence(
    field: str, value: object, says: str
) -> None:
    given: dict[str, Any] = deepcopy(SPANISH)
    *path, last = field.split(".")
    table = given
    for name in path:
        table = table[name]
    if value is GONE:
        del table[last]
    else:
        table[last] = value

    with pytest.raises(LegislationRefused, match=re.escape(f"ES.toml: {says}")) as refused:
        parse("ES", given)
    assert str(refused.value).count("\n") == 0
    assert str(refused.value).endswith(".")


def test_a_zone_that_is_named_must_be_one() -> None:
    given = deepcopy(SPANISH)
    given["zones"]["Mars/Base"] = given["name"]

    with pytest.raises(LegislationRefused, match=re.escape("zones.Mars/Base is no time zone")):
        parse("ES", given)


def test_a_folder_adds_countries_and_stands_in_for_ours(tmp_path: Path) -> None:
    portugal(tmp_path)
    ours = (legislations.OURS / "FR.toml").read_text("utf-8")
    (tmp_path / "FR.toml").write_text(ours.replace("order = 1", "order = 9"), "utf-8")

    found = legislations.read(tmp_path)

    assert [*found] == [SPAIN, PORTUGAL, FRANCE]
    assert found[PORTUGAL].zone == "Europe/Lisbon"


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "PT.toml").write_text("name = ", "utf-8")
    with pytest.raises(LegislationRefused, match=r"PT\.toml: cannot be read"):
        legislations.read(tmp_path)

    (tmp_path / "PT.toml").write_bytes(PORTUGUESE.encode("latin-1", "replace"))
    with pytest.raises(LegislationRefused, match=r"PT\.toml: cannot be read"):
        legislations.read(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LegislationRefused, match="LEGISLATIONS must be a folder"):
        legislations.read(tmp_path / "none")


def test_a_country_without_a_legislation_is_told_what_to_do() -> None:
    assert legislations.known("PT") is None
    with pytest.raises(legislations.UnknownCountry, match=r"put PT\.toml into the folder"):
        legislations.of("PT")


def test_a_zone_that_nobody_names_keeps_its_own_name() -> None:
    assert legislations.zone_names("Europe/Paris")[Language.FRENCH] == "heure de Paris"
    assert legislations.zone_names("Asia/Tokyo")[Language.FRENCH] == "Asia/Tokyo"


def test_who_reads_in_english_is_taken_for_the_first() -> None:
    assert legislations.for_reader(Language.SPANISH) == SPAIN
    assert legislations.for_reader(Language.ENGLISH) == FRANCE


def test_a_desk_answers_for_its_country() -> None:
    assert legislations.of_desk("es").country == SPAIN
    assert legislations.of_desk("nobody").country == FRANCE

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from helpdesk import legislations
from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.rules import explanation
from helpdesk.rules.explanation import Step
from helpdesk.rules.vocabulary import Channel, DocumentKind, Language, StepRule
from tests.support.documents import an_ending, facts

texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
steps = some.builds(
    Step,
    some.sampled_from(StepRule),
    some.dates(),
    some.dictionaries(texts, texts, max_size=2).map(lambda kept: tuple(kept.items())),
)
explanations = some.lists(steps, max_size=2).map(tuple)
endings = some.builds(DocumentEnding, steps=explanations.map(explanation.kept))
instants = some.datetimes(timezones=some.just(UTC))
anything = some.builds(
    DocumentFacts,
    kind=some.sampled_from([DocumentKind.CONFIRMATION, DocumentKind.WITHDRAWAL]),
    language=some.sampled_from(Language),
    country=some.sampled_from(legislations.countries()),
    channel=some.sampled_from(Channel),
    issued_at=instants,
    requested_at=instants,
    happened_at=instants,
    company_name=texts,
    endings=some.lists(endings, min_size=1, max_size=2).map(tuple),
    counts=some.dictionaries(texts, some.integers(0), max_size=3),
)


@settings(deadline=None)
@given(explanations)
def test_an_explanation_is_read_as_it_was_kept(steps: tuple[Step, ...]) -> None:
    assert explanation.read(explanation.checked(explanation.kept(steps))) == steps


@settings(deadline=None)
@given(anything)
def test_facts_come_back_from_json_as_they_went(kept: DocumentFacts) -> None:
    assert DocumentFacts.from_json(json.loads(json.dumps(kept.as_json()))) == kept


def test_facts_are_kept_in_plain_words() -> None:
    kept = facts().as_json()

    assert kept["requested_at"] == "2026-03-01T09:00:00+00:00"
    assert kept["endings"][0]["effective_on"] == "2026-04-15"
    assert kept["kind"] == "confirmation"


def test_what_is_no_document_is_refused() -> None:
    kept = facts().as_json()

    for wrong in (
        {},
        kept | {"more": 1},
        kept | {"kind": "letter"},
        kept | {"issued_at": "today"},
        kept | {"endings": [{}]},
        {name: value for name, value in kept.items() if name != "code"},
    ):
        with pytest.raises(ValueError, match=r"facts of a document|not a valid|Invalid isoformat"):
            DocumentFacts.from_json(wrong)


def test_the_certificate_of_a_deletion_names_nobody() -> None:
    certificate = facts(DocumentKind.DELETION)

    for name in ("company_name", "tax_number", "requester_name"):
        with pytest.raises(ValueError, match="names nobody"):
            replace(certificate, **{name: "Inès"})


def test_an_end_or_a_deletion_is_about_one_subscription() -> None:
    two = (an_ending(), an_ending(anchor=date(2025, 1, 20)))

    for kind in (DocumentKind.END, DocumentKind.DELETION):
        with pytest.raises(ValueError, match="about one"):
            facts(kind, endings=two)
    with pytest.raises(ValueError, match="about subscriptions"):
        facts(endings=())


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        facts(issued_at=datetime(2026, 3, 1))  # noqa: DTZ001 (what is refused)

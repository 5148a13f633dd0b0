"""Why the dates are these: the ordered steps that every screen and message words (rules §1).

The steps carry facts, not sentences; `labels.py` has the words in each language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from helpdesk.rules.vocabulary import StepRule

Kept = Sequence[Mapping[str, object]]
"""The steps of an explanation as plain values, which is how they are kept and passed on."""
_NAMES = frozenset({"rule", "input", "result"})


@dataclass(frozen=True, slots=True)
class Step:
    """One rule applied: what it was given, in order, and the local day that came out."""

    rule: StepRule
    day: date
    given: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        """Return the step as plain values: rule, input, result (ISO 8601 date)."""
        return {"rule": self.rule.value, "input": dict(self.given), "result": self.day.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Step":
        """Return the step that `as_json` wrote; raises `ValueError` when it did not write it."""
        given = kept.get("input")
        if not isinstance(given, dict):
            raise ValueError("A step of an explanation needs its input.")  # noqa: TRY004 - a value
        return cls(
            StepRule(str(kept.get("rule"))),
            date.fromisoformat(str(kept.get("result"))),
            tuple(given.items()),
        )


def kept(steps: Iterable[Step]) -> Kept:
    """Return steps as they are kept."""
    return [step.as_json() for step in steps]


def checked(kept: Kept) -> Kept:
    """Return kept steps to be passed on as they are; raises `ValueError` when they are none.

    Reading them would tell as much, and take ten times as long.
    """
    if not all(isinstance(step, dict) and step.keys() == _NAMES for step in kept):
        raise ValueError("These are not the steps of an explanation.")
    return kept


def read(kept: Kept) -> tuple[Step, ...]:
    """Return the steps that were kept; raises `ValueError` when they are none."""
    return tuple(Step.from_json(step) for step in kept)

"""Put a letter into words, in its own language: subject, text and HTML.

`templates/messages/<kind>.txt` holds all the words of one kind as values (subject, fact, what to
do …) and never escapes; `layouts/message.txt` and `layouts/message.html` set them, the second one
escaping all that it prints. So both parts say the same, and nothing is written twice.

All of it needs an app context, but no request.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from helpdesk.messages.hours import in_words
from helpdesk.messages.letter import Letter
from helpdesk.rules.vocabulary import MessageKind

# The three reminders share their words; only the subject differs.
_FILES: Mapping[MessageKind, str] = {
    MessageKind.REMINDER_30: "reminder",
    MessageKind.REMINDER_7: "reminder",
    MessageKind.REMINDER_1: "reminder",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


def compose(letter: Letter) -> Words:
    """Write a message in the letter’s language."""
    return Words(subject(letter), text(letter), html(letter))


def subject(letter: Letter) -> str:
    """Write the subject alone: one line."""
    return " ".join(_typed_subject(letter).splitlines()).strip()


def text(letter: Letter) -> str:
    """Write the text alone."""
    return _set("layouts/message.txt", letter).strip() + "\n"


def html(letter: Letter) -> str:
    """Write the HTML alone."""
    return _set("layouts/message.html", letter, subject=_typed_subject(letter)).strip() + "\n"


def _typed_subject(letter: Letter) -> str:
    return " ".join(_set("messages/subject.txt", letter).split(" "))


def _set(template: str, letter: Letter, **given: str) -> str:
    with force_locale(letter.language.value):
        return render_template(
            template,
            letter=letter,
            words_file=f"messages/{_FILES.get(letter.kind, letter.kind.value)}.txt",
            hours=[in_words(season) for season in letter.line.seasons] if letter.line else [],
            **given,
        )

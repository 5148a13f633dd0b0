"""Put a letter into words, in its own language: subject, text and HTML."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale

from helpdesk.messages.letter import Letter


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


def compose(letter: Letter) -> Words:
    """Write a message from the templates of its kind, in the letter's language."""
    with force_locale(letter.language.value):
        folder = f"messages/{letter.kind.value}"
        subject = " ".join(render_template(f"{folder}/subject.txt", letter=letter).split())
        return Words(
            subject=subject,
            text=render_template(f"{folder}/body.txt", letter=letter, subject=subject).strip()
            + "\n",
            html=render_template(f"{folder}/body.html", letter=letter, subject=subject),
        )

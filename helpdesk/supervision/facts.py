"""A request and its call as rows of a list: what each is called, and what it is."""

from flask_babel import gettext

from helpdesk import labels, legislations
from helpdesk.desk.models import Call
from helpdesk.languages import NAMES, instant, phone
from helpdesk.queue.listing import Request

# What a row of a list says: its name, its value, and where to change it, which is nowhere here.
Fact = tuple[str, str, None]


def of_request(request: Request) -> list[Fact]:
    """Return who filed a request and what they said; what was left empty is left out."""
    rows = (
        (gettext("Filed by"), request.requester_name),
        (gettext("Authority"), labels.word(request.authority)),
        (gettext("E-mail"), request.email),
        (gettext("Phone"), phone(request.phone)),
        (gettext("Language"), NAMES[request.language]),
        (gettext("Business"), request.company_name),
        (legislations.of(request.country).tax_number.name, request.tax_number),
        (gettext("Country"), labels.word(request.country)),
        (gettext("Channel"), labels.word(request.channel)),
        (gettext("Contracts named"), request.contracts),
        (gettext("Reason"), labels.word(request.reason) if request.reason else ""),
        (gettext("In their words"), request.reason_text),
        (gettext("What is asked"), request.asked),
    )
    return [(name, value, None) for name, value in rows if value]


def of_call(call: Call, zone: str) -> list[Fact]:
    """Return what is known of the call in which a request was made."""
    minutes, seconds = divmod(call.seconds, 60)
    rows = (
        (gettext("Agent"), call.agent.name),
        (gettext("Began"), instant(call.started_at, zone)),
        (
            gettext("Length"),
            gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds),
        ),
        (gettext("Caller"), call.caller_name),
        (gettext("Number"), phone(call.caller_number)),
        (gettext("Disposition"), labels.word(call.disposition)),
        (gettext("Out of hours"), gettext("Yes") if call.out_of_hours else gettext("No")),
        (gettext("Notes"), call.notes),
    )
    return [(name, value, None) for name, value in rows if value]

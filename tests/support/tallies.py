"""What the tallies must always equal: the same counted row by row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import tallies
from helpdesk.messages.models import Message
from helpdesk.queue.models import Ending, Request
from helpdesk.rules.vocabulary import State
from helpdesk.tallies import Tally

Counts = Mapping[Sequence[str], int]


def kept(session: Session) -> Mapping[Tally, Counts]:
    """Return all that the tallies say."""
    return {what: dict(tallies.read(session, what)) for what in Tally}


def counted(session: Session) -> Mapping[Tally, Counts]:
    """Return the same, from the rows themselves."""
    requests = session.execute(
        select(Request.state, Request.channel, Request.country, Request.filed_at)
    ).all()
    endings = session.scalars(select(Ending.effective_on).where(Ending.state == State.CONFIRMED))
    messages = session.execute(select(Message.state, Message.kind)).all()
    hours = [(one.filed_at.astimezone(UTC), one.channel.value) for one in requests]
    return {
        Tally.REQUESTS: Counter(
            (one.state.value, one.channel.value, str(one.country)) for one in requests
        ),
        Tally.FILED: Counter((f"{at:%Y-%m-%d}", f"{at:%H}", channel) for at, channel in hours),
        Tally.ENDS: Counter((day.isoformat(),) for day in endings),
        Tally.MESSAGES: Counter((one.state.value, one.kind.value) for one in messages),
    }

"""What goes into an export: each table with its columns, and which of its rows are a company's.

A column that nobody named here does not go out. A test refuses a table or a column that is
neither among these nor left out with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, or_, select

from helpdesk.database import Model
from helpdesk.desk.models import Call, Callback, CallDraft, Desk, DeskClosure, HoursVersion
from helpdesk.directory.models import Company, Hold, Person, Subscription, TermsVersion
from helpdesk.documents.models import Document
from helpdesk.languages import _l
from helpdesk.messages.models import Attempt, Message
from helpdesk.payments.models import Payment, SandboxPayment
from helpdesk.queue import export_words as words
from helpdesk.queue.models import Deletion, Ending, Event, Pass, Request, Review
from helpdesk.queue.records import Export, ExportPiece, OutgoingEvent
from helpdesk.queue.traces import of_company
from helpdesk.rules.vocabulary import Action

Which = Callable[[Company], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an export: what it holds, its columns, and the rows that are a company's.

    `columns` are named in the order of their writing; `left_out` says why each other one is, and
    `read_too` names those of them that the others are made of.
    """

    model: type[Model]
    what: str
    columns: str
    which: Which
    left_out: Mapping[str, str] = field(default_factory=dict)
    read_too: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its table and of its files."""
        return self.model.__tablename__

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(self.columns.split())

    def rows(self, company: Company) -> Select[tuple[object, ...]]:
        """Return the query of its rows, in the order in which they were written."""
        table = self.model.__table__
        columns = [table.c[name] for name in (*self.names, *self.read_too)]
        return select(*columns).where(self.which(company)).order_by(self.model.id)  # type: ignore[attr-defined]


def _requests(company: Company) -> Select[int]:
    return select(Request.id).where(of_company(company))


def _endings(company: Company) -> Select[int]:
    return select(Ending.id).where(Ending.request_id.in_(_requests(company)))


def _messages(company: Company) -> ColumnElement[bool]:
    theirs = Message.request_id.in_(_requests(company))
    return or_(Message.company_id == company.id, theirs)


def _calls(company: Company) -> ColumnElement[bool]:
    """Return its calls: those that name it, and those that made a request of its own."""
    made = select(Request.call_id).where(of_company(company), Request.call_id.is_not(None))
    return or_(Call.company_id == company.id, and_(Call.company_id.is_(None), Call.id.in_(made)))


def _terms(company: Company) -> ColumnElement[bool]:
    current = select(Subscription.terms_version_id).where(Subscription.company_id == company.id)
    past = select(Ending.terms_version_id).where(Ending.request_id.in_(_requests(company)))
    return or_(TermsVersion.id.in_(current), TermsVersion.id.in_(past))


def _told(company: Company) -> ColumnElement[bool]:
    references = select(Request.reference).where(of_company(company))
    return OutgoingEvent.reference.in_(references)


PARTS: tuple[Part, ...] = (
    Part(
        Company,
        _l("The business"),
        "id name country tax_number zone language email phone created_at",
        lambda company: Company.id == company.id,
        {"search_words": words.COPY},
    ),
    Part(
        Person,
        _l("The people of the business who may sign in"),
        "id company_id name email phone role authority language",
        lambda company: Person.company_id == company.id,
        {
            "password_hash": words.SECRET,
            "session_key": words.SECRET,
            "is_demo": words.OURS,
        },
    ),
    Part(
        TermsVersion,
        _l("The versions of the terms and conditions that apply or applied"),
        "id name valid_from notice_days retention_months",
        _terms,
    ),
    Part(
        Subscription,
        _l("The subscriptions, in force or ended, whose data has not been deleted"),
        "id company_id terms_version_id contract product anchor_on term_months price_cents"
        " ended_at",
        lambda company: Subscription.company_id == company.id,
    ),
    Part(
        Request,
        _l("The requests, by whatever way they came"),
        "id kind reference channel state filed_at due_at seal company_id company_name tax_number"
        " country person_id requester_name email phone language authority reason reason_text"
        " asked contracts call_id linked_to_id erased_at",
        lambda company: Request.id.in_(_requests(company)),
        {
            "version": words.OURS,
            "filing_key": words.SECRET,
            "failure": words.OURS,
            "search_words": words.COPY,
        },
    ),
    Part(
        Ending,
        _l("The ends of subscriptions: each with its dates and the reasons for them"),
        "id request_id subscription_id product contract term_months price_cents terms_version_id"
        " state zone requested_on notice_ends_on effective_on last_access_on access_ends_at"
        " deleted_on deletes_at steps done_until",
        lambda company: Ending.request_id.in_(_requests(company)),
    ),
    Part(
        Event,
        _l("What happened to each request, sealed by hashes"),
        "id request_id number ending_id at action actor person_id call_id from_state to_state why"
        " digest previous_hash hash",
        lambda company: Event.request_id.in_(_requests(company)),
    ),
    Part(
        Review,
        _l("Why one of us had to look at a request"),
        "id request_id reason opened_at settled_at",
        lambda company: Review.request_id.in_(_requests(company)),
    ),
    Part(
        Deletion,
        _l("Deletions of data, begun or done"),
        "id ending_id began_at due_at done_at counts",
        lambda company: Deletion.ending_id.in_(_endings(company)),
    ),
    Part(
        Message,
        _l("The messages that we wrote, word for word"),
        "id request_id ending_id company_id kind language recipient subject text html calendar"
        " document_id message_id state created_at due_at sent_at erased_at sha256",
        _messages,
        {"key": words.OURS, "letter": words.WORDED},
        ("letter",),
    ),
    Part(
        Attempt,
        _l("Each try to hand in a message, and what the mail server answered"),
        "id message_id at error",
        lambda company: Attempt.message_id.in_(select(Message.id).where(_messages(company))),
    ),
    Part(
        Document,
        _l("The documents: what each one says, and its PDF"),
        "id code kind request_id ending_id language issued_at facts sha256",
        lambda company: Document.request_id.in_(_requests(company)),
        {"pdf": words.AS_FILE},
    ),
    Part(
        Call,
        _l("The phone calls, with what was noted of them"),
        "id company_id caller_number caller_name started_at seconds out_of_hours disposition notes",
        _calls,
        {
            "key": words.OURS,
            "desk_id": words.OURS,
            "hours_version_id": words.OURS,
            "agent_id": words.OF_STAFF,
        },
    ),
    Part(
        Callback,
        _l("Wishes to be called back"),
        "id company_id person_id phone language asked_at due_at done_at",
        lambda company: Callback.company_id == company.id,
        {"desk_id": words.OURS, "done_by_id": words.OF_STAFF},
    ),
    Part(
        Payment,
        _l("The payments that restarted a subscription, or were to"),
        "id key subscription_id ending_id person_id amount_cents state begun_at ask_at settled_at",
        lambda company: Payment.ending_id.in_(_endings(company)),
    ),
    Part(
        Hold,
        _l("Legal holds, which stop the deletion of data"),
        "id company_id set_at ends_at released_at",
        lambda company: Hold.company_id == company.id,
        {
            "reason": words.HOLD_REASON,
            "set_by_id": words.OF_STAFF,
            "released_by_id": words.OF_STAFF,
        },
    ),
    Part(
        OutgoingEvent,
        _l("What the service was told of your subscriptions"),
        "id at kind reference payload",
        _told,
    ),
    Part(
        Export,
        _l("The collections of data that were asked for"),
        "id company_id person_id state asked_at ready_at expires_at size sha256",
        lambda company: Export.company_id == company.id,
        {
            "key": words.SECRET,
            "claimed_until": words.OURS,
            "done": words.OURS,
            "total": words.OURS,
        },
    ),
)

LEFT_OUT: Mapping[type[Model], str] = {
    CallDraft: _l("A call that one of us is still writing down; it becomes a call, or goes."),
    SandboxPayment: _l("The books of the demonstration’s payment provider, which are not ours."),
    Desk: words.OURS,
    HoursVersion: words.OURS,
    DeskClosure: words.OURS,
    Pass: words.OURS,
    ExportPiece: words.OURS,
}
"""The tables of which nothing goes out, and why."""

NOTED = frozenset({Action.HOLD, Action.RELEASE, Action.WITHDRAW})
"""What is said about these is noted for our own people: the event goes out without it."""

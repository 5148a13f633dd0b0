"""The tables of payments: what we asked a provider for, and what it said."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Model, UtcDateTime, Word
from helpdesk.rules.vocabulary import PaymentState


class Payment(Model):
    """One payment that restarts a subscription: begun here, decided at the provider."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    ending_id: Mapped[int] = mapped_column(ForeignKey("endings.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    amount_cents: Mapped[int]
    state: Mapped[PaymentState] = mapped_column(Word(PaymentState), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the provider is asked again what came of it; empty once it is settled.
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SandboxPayment(Model):
    """What the sandbox provider keeps of its own, as a bank would: what came of a payment."""

    __tablename__ = "sandbox_payments"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    amount_cents: Mapped[int]
    # Where the person is sent when they have chosen.
    back: Mapped[str] = mapped_column(String(300))
    # accepted, refused or timed_out; empty until somebody has chosen.
    outcome: Mapped[str | None] = mapped_column(String(24))
    is_cancelled: Mapped[bool] = mapped_column(default=False)

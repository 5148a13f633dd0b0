"""Which provider takes the payments of this installation (the setting `PAYMENTS`)."""

from collections.abc import Mapping

from helpdesk.payments.port import Provider
from helpdesk.payments.sandbox import Sandbox
from helpdesk.settings import Payments, Settings

_PROVIDERS: Mapping[Payments, Provider | None] = {
    Payments.NONE: None,
    Payments.SANDBOX: Sandbox(),
}


def chosen(settings: Settings) -> Provider | None:
    """Return who takes the payments; None where nobody does, and people contact us instead."""
    return _PROVIDERS[settings.payments]

"""Whether the company's data is kept by law for now: its pages say so."""

from helpdesk import access, clock
from helpdesk.account import bp
from helpdesk.database import db
from helpdesk.directory import holds


@bp.context_processor
def legal_hold() -> dict[str, bool]:
    """Give the pages of the account whether its company is on legal hold."""
    person = access.visitor()
    company_id = person.company_id if person else None
    return {"is_on_hold": holds.is_held(db.session(), company_id, clock.now())}

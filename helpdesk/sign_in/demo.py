"""What the sign-in page says of each of the demo's people."""

from helpdesk.directory import demo_sign_ins
from helpdesk.languages import _l

PASSWORD = demo_sign_ins.PASSWORD
SIGN_INS = (
    (demo_sign_ins.HOLDER, _l("France, business owner, two monthly subscriptions")),
    (demo_sign_ins.COLLEAGUE, _l("France, same business, no authority to cancel")),
    (demo_sign_ins.SPANISH_HOLDER, _l("Spain, business owner, one yearly subscription")),
    (demo_sign_ins.AGENT, _l("Phone desk in Spain, agent")),
    (demo_sign_ins.SUPERVISOR, _l("Phone desk in Spain, supervisor")),
    (demo_sign_ins.ADMIN, _l("Administrator")),
)

"""The demo's sign-ins: printed at its start, shown at sign-in, refused outside demo mode."""

PASSWORD = "demo-password-1"  # noqa: S105 (the demo's, refused outside demo mode)
HOLDER = "titulaire@boulangerie.example"
COLLEAGUE = "employe@boulangerie.example"
SPANISH_HOLDER = "titular@panaderia.example"
AGENT = "agente@desk.example"
SUPERVISOR = "supervisora@desk.example"
ADMIN = "admin@desk.example"
SIGN_INS = (
    (HOLDER, "France, business owner, two monthly subscriptions"),
    (COLLEAGUE, "France, same company, no authority to cancel"),
    (SPANISH_HOLDER, "Spain, business owner, one yearly subscription"),
    (AGENT, "Spanish desk, agent"),
    (SUPERVISOR, "Spanish desk, supervisor"),
    (ADMIN, "Administrator"),
)

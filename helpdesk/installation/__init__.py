"""An installation as a whole: moved to another database, backed up, put back."""


class Refused(Exception):
    """It cannot be done like this, and nothing was done; the message says why, and what would."""

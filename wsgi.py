"""The WSGI server's entry: `wsgi:app`, set up from the environment."""

from helpdesk.app import create_app
from helpdesk.settings import Settings

app = create_app(Settings.from_environment())

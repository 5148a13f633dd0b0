"""How often one address may try what could be guessed: sign-in, tracking, contract numbers."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)
SIGN_IN = "10 per minute; 60 per hour"
TRACK = "10 per minute; 60 per hour"
FILE = "20 per minute; 200 per hour"
COLLECT = "10 per minute; 60 per hour"

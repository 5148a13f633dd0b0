"""The countries that come along, by name."""

from helpdesk.rules.vocabulary import Country

FRANCE, SPAIN = Country("FR"), Country("ES")

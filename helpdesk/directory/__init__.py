"""Whom we serve: companies, their subscriptions, the terms in force, the people."""

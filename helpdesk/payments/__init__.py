"""Payments: a port to whoever takes them; card numbers never touch this system."""

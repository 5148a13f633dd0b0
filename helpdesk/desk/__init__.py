"""The phone line: its hours by version, its closures, its calls."""

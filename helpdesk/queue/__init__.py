"""The one shared queue: the only way in, every change of state, and what is done when due."""

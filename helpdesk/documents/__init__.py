"""Documents on a durable medium: what they say, how they look, whether one is genuine."""

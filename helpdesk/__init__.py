"""Préavis: the helpdesk through which customers leave a subscription."""

import gc

# Most of what a start or an answer makes either stays or goes by itself: to look for the rest after
# each 700 new objects, as Python does, takes a fifth of the time of both.
gc.set_threshold(20_000, 20, 50)

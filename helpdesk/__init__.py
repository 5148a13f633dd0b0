"""Préavis: the helpdesk through which customers leave a subscription."""

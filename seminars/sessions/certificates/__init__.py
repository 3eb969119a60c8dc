"""Certificates of attendance: a rule of the series, a public code, and a page drawn from the facts each time."""

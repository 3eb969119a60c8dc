"""Addresses that mails do not reach, or whose owners complained: nothing more is sent to them until they say so."""

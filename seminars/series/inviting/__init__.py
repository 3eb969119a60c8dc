"""Invitations by mail to a role in a community or in one series: made, sent again, ended, accepted or declined."""

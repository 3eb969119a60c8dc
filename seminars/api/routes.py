"""The operations of this app as one router; config/api.py joins it with that of recordings."""

from ninja import Router

from seminars.api import communities, questions, reports, series, sessions

router = Router()
for part in (communities, series, sessions, questions, reports):
    router.add_router("", part.router)

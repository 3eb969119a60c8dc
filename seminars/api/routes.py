"""The operations of this app as one router; config/api.py joins it with that of recordings."""

from ninja import Router

from seminars.api import communities, questions, series, sessions

router = Router()
for part in (communities, series, sessions, questions):
    router.add_router("", part.router)

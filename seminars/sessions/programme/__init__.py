"""An event that contains sessions: its parts in numbered rooms, some in parallel, and its timetable.

A part is a session like any other (own UID, page, materials, follow-ups), inside the days of its event. It is changed
and moved by `sessions.moving`; what it may not do is decided in `sessions.fitting`, what it follows in `carrying`.
"""

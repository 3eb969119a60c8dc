"""Who came: one row a person and session, merged from the join link, files of meeting programs, the door and hands.

Numbers without names (people in the room, joins of who is not known) stand in `Headcount`. Below is `registration`.
"""

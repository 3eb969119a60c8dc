"""Work that must not be lost: Job rows with leases are the truth, django-q2 only wakes the workers.

Uses nothing of Meridian. `enqueue` and `supervise` are the only files that know django-q2.
"""

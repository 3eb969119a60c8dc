"""Other people's events out of a calendar file, as an organiser imports them; what is in the file is invented."""

from datetime import datetime
from pathlib import Path

from seminars import clock
from seminars.calendars.importing.applying import Target, apply_import
from seminars.calendars.importing.matching import source_of
from seminars.calendars.importing.reading import read
from seminars.people.models import Community
from seminars.series.models import Series

FILE = Path(__file__).with_name("kalendarium.ics")
COMMUNITY = "glokala"
TITLE = "Exempel: Kalendarium för landsbygden"


def import_events(*, community: Community, now: datetime, actor_id: int | None) -> Series | None:
    """Return the series of the events in the file, imported; the same again changes nothing. now: aware UTC."""
    zone, language = community.home_zone, community.language
    reading = read(FILE.read_bytes(), zone=zone, language=language, today=clock.to_wall(now, zone).date())
    there = Series.objects.filter(community=community, external=True, **{f"title__{language}": TITLE}).first()
    target = Target(community, series=there, title=TITLE, external=True, published=True)
    source = source_of(name=FILE.name)
    series, _plan = apply_import(target=target, reading=reading, source=source, now=now, actor_id=actor_id)
    return series

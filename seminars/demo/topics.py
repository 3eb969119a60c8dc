"""What the demo's series are about: a few topics that several organisations share."""

from datetime import datetime

from seminars.series.models import Series
from seminars.series.topics.naming import topics_of
from seminars.sessions.topics import set_series_topics

TOPICS: dict[str, tuple[str, ...]] = {
    "after-hours": ("Savings groups", "Microfinance"),
    "breakfast": ("Microfinance", "Markets"),
    "speakers-corner": ("Microfinance",),
    "learning-conference": ("Learning together", "Microfinance"),
    "peer-assist": ("Learning together",),
    "open-hour": ("Learning together",),
    "sei-course": ("Learning together", "Skills"),
    "sei-exchange": ("Skills",),
    "kursplan": ("Learning together",),
    "utblick": ("Cooperation across borders",),
    "studiebesok": ("Cooperation across borders",),
    "partner-meetings": ("Cooperation across borders", "Learning together"),
}
IN_SWEDISH = {
    "Savings groups": "Spargrupper",
    "Microfinance": "Mikrofinans",
    "Markets": "Marknader",
    "Learning together": "Att lära tillsammans",
    "Skills": "Färdigheter",
    "Cooperation across borders": "Samarbete över gränser",
}


def give(series: Series, *, now: datetime, actor_id: int | None) -> None:
    """Give a series of the demo its topics, said in Swedish too. now: aware UTC."""
    names = TOPICS.get(series.slug, ())
    for topic in topics_of(names, language="en", now=now, actor_id=actor_id):
        swedish = IN_SWEDISH[topic.name["en"]]
        if "sv" not in topic.name:
            topic.name = {**topic.name, "sv": swedish}
            topic.save(update_fields=["name"])
    if names:
        set_series_topics(series=series, names=names, now=now, actor_id=actor_id)

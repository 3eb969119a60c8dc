"""What organisers say beside the figures of a quarter or year."""

from datetime import datetime

from seminars.people.models import Community
from seminars.results.models import ReportWords
from seminars.results.periods import Period
from seminars.series.models import Series

LONGEST = 5000


def words_of(community: Community, series: Series | None, period: Period) -> str:
    """Return what is said of a community, or of one of its series; "" for nothing."""
    rows = ReportWords.objects.filter(community=community, series=series, period=period.key)
    return rows.values_list("words", flat=True).first() or ""


def keep_words(
    *, community: Community, series: Series | None, period: Period, words: str, now: datetime
) -> None:
    """Keep what is said; nothing takes it away."""
    rows = ReportWords.objects.filter(community=community, series=series, period=period.key)
    if not words.strip():
        rows.delete()
        return
    ReportWords.objects.update_or_create(
        community=community,
        series=series,
        period=period.key,
        defaults={"words": words[:LONGEST], "changed_at": now},
    )

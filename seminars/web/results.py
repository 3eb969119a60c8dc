"""Results in words: figures as people read them, plots of them, and the one sentence that the public is told."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.units import format_unit
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from seminars.notifications.silence import city_of
from seminars.results.figures import Figure, Number, Unit, figures, withheld
from seminars.results.measuring import Held, Results
from seminars.results.models import UseKind
from seminars.results.periods import Period
from seminars.results.public import FEWEST, Told, guarded
from seminars.sessions.dialling import country_name
from seminars.web.plots import Plot, bars, columns
from seminars.web.times import locale_of

MOST_BARS, MOST_COLUMNS = 12, 16
UNKNOWN = "–"
WEIGHTS = (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3))


@dataclass(frozen=True)
class Row:
    """One figure in words. change: since the period before, with its sign."""

    label: str
    value: str
    how: str
    before: str = ""
    change: str = ""
    number: Number = None
    earlier: Number = None


def rows_of(found: Results, before: Results | None, *, outward: bool = False) -> list[tuple[str, list[Row]]]:
    """Return every figure in words, by group. outward: for others than organisers: nobody under three."""
    groups = []
    hidden = (withheld(found), withheld(before) if before else set()) if outward else (set(), set())
    for group, lines in figures(found, before):
        groups.append((str(group.label), [_row(each, *hidden) for each in lines]))
    groups[-1][1].extend(_opinions(found, before, fewest=FEWEST if outward else 0))
    return groups


def text_of(value: Number, unit: Unit) -> str:
    """Return a figure as people read it, in the active language."""
    if value is None:
        return UNKNOWN
    if unit == Unit.BYTES:
        return weight(int(value))
    if unit == Unit.DAYS:
        days = 1 if value == 1 else 2
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": decimal(value)}
    return _("%(n)s of 5") % {"n": decimal(value)} if unit == Unit.MEAN else decimal(value)


def decimal(value: int | float) -> str:
    """Return a number with at most one decimal."""
    return str(format_decimal(round(value, 1), locale=locale_of(get_language() or "en")))


def weight(count: int) -> str:
    """Return a number of bytes: "5.2 GB", "340 kB"."""
    name, factor = next((each for each in WEIGHTS if count >= each[1]), WEIGHTS[-1])
    amount = count / factor
    shown = round(amount, 1) if amount < 10 else round(amount)
    return str(format_unit(shown, f"digital-{name}", "short", locale=locale_of(get_language() or "en")))


def _row(figure: Figure, hidden: Set[str], earlier: Set[str]) -> Row:
    line = figure.line
    value = UNKNOWN if line.key in hidden else text_of(figure.value, line.unit)
    before = ""
    if figure.compared:
        before = UNKNOWN if line.key in earlier else text_of(figure.before, line.unit)
    told = figure.compared and line.key not in hidden | earlier
    return Row(
        str(line.label),
        value,
        str(line.how),
        before,
        _change(figure) if told else "",
        figure.value,
        figure.before,
    )


def _change(figure: Figure) -> str:
    if figure.value is None or figure.before is None or figure.value == figure.before:
        return ""
    more = figure.value - figure.before
    sign = "+" if more > 0 else "\N{MINUS SIGN}"
    return sign + text_of(abs(more), figure.line.unit)


def _opinions(found: Results, before: Results | None, *, fewest: int) -> Iterator[Row]:
    """The means of what people said, each with how many said it."""
    earlier = {each.words: each for each in before.opinions} if before else {}
    for each in found.opinions:
        if each.number < fewest:
            continue
        how = ngettext(
            "The average of %(n)d answer from 1 to 5; fewer than three are not averaged.",
            "The average of %(n)d answers from 1 to 5; fewer than three are not averaged.",
            each.number,
        )
        then = earlier[each.words].mean if each.words in earlier else None
        yield Row(
            each.words,
            text_of(each.mean, Unit.MEAN),
            how % {"n": each.number},
            text_of(then, Unit.MEAN) if before else "",
            "",
            each.mean,
            then,
        )


def period_words(period: Period) -> str:
    """Say a period: "July to September 2026", "2026", "all the time"."""
    if period.year is None or period.first is None:
        return _("all the time")
    if period.quarter is None:
        return str(period.year)
    locale = locale_of(get_language() or "en")
    last = period.first.replace(month=period.first.month + 2)
    return _("%(first)s to %(last)s %(year)d") % {
        "first": format_date(period.first, "LLLL", locale=locale),
        "last": format_date(last, "LLLL", locale=locale),
        "year": period.year,
    }


def plots_of(found: Results, *, outward: bool = False) -> list[Plot]:
    """Return the plots there is something to show in. outward: for others than organisers: nothing under three."""
    countries, zones = found.countries, found.zones
    asked = [(each.words, dict(each.answers)) for each in found.asked]
    if outward:
        countries, zones = Counter(guarded(countries)), Counter(guarded(zones))
        asked = [(words, guarded(answers)) for words, answers in asked]
    drawn = []
    if len(found.held) > 1 and any(each.registered or each.counts.people for each in found.held):
        drawn.append(_over_time(found.held))
    if found.countries:
        drawn.append(
            _counted(
                "countries", _("Took part live, by country"), _("Country"), countries_of(found.countries)
            )
        )
    if found.zones:
        drawn.append(_counted("zones", _("Took part live, by clock"), _("City"), zones_of(found.zones)))
    if uses := uses_of(found):
        drawn.append(_counted("uses", _("Later use, by edition"), _("Edition"), uses))
    for at, (words, answers) in enumerate(asked):
        if answers:
            drawn.append(_counted(f"asked-{at}", words, _("Answer"), _sorted(list(answers.items()))))
    return drawn


@dataclass(frozen=True)
class SessionRow:
    """One session in words; what may not leave the house is a dash."""

    held: Held
    registered: str
    live: str
    countries: str
    used: str


def session_rows(found: Results, *, outward: bool = False) -> list[SessionRow]:
    """Return the sessions, the latest last. outward: for others than organisers: nothing under three."""
    registered = {each.session.pk: each.registered for each in found.held}
    live = {each.session.pk: each.counts.people for each in found.held}
    if outward:
        registered, live = guarded(registered), guarded(live)
    rows = []
    for each in found.held:
        pk = each.session.pk
        rows.append(
            SessionRow(
                each,
                registered=decimal(registered[pk]) if pk in registered else UNKNOWN,
                live=decimal(live[pk]) if pk in live else UNKNOWN,
                countries=decimal(len(each.countries)) if pk in live else UNKNOWN,
                used=decimal(each.used),
            )
        )
    return rows


def countries_of(counted: Counter[str]) -> list[tuple[str, int]]:
    """Return names of countries and how many, the most first."""
    language = get_language() or "en"
    return _sorted([(country_name(code, language), number) for code, number in counted.items()])


def zones_of(counted: Counter[str]) -> list[tuple[str, int]]:
    """Return cities that stand for zones, and how many, the most first."""
    language = get_language() or "en"
    return _sorted([(city_of(zone, language), number) for zone, number in counted.items()])


def uses_of(found: Results) -> list[tuple[str, int]]:
    """Return later use by edition and kind in words, the most first."""
    named = [
        (f"{edition_words(edition)}, {UseKind(kind).label}", used.number)
        for (edition, kind), used in found.uses.items()
        if kind != UseKind.PAGE
    ]
    return _sorted(named)


def edition_words(edition: str) -> str:
    """Return what an edition is called; the word itself for one that a recipe added since."""
    known = {
        "video": _("Video"),
        "voice": _("Voice only"),
        "voice_opus": _("Voice only, smallest"),
        "video_360": _("Small video"),
        "slides_voice": _("Slides and voice"),
        "slides_voice_old": _("Slides and voice, for old phones"),
        "slides": _("Slides"),
        "captions": _("Captions"),
        "report": _("Session report"),
        "paper": _("Discussion paper"),
        "handout": _("Handout"),
        "page": _("Page"),
        "poster": _("Still picture"),
    }
    return known.get(edition, edition)


def since(told: Told, opened: int) -> str:
    """Return the line of a session's page: "61 took part live, in 17 countries · opened 412 times since"."""
    live = took_part(told)
    if not opened:
        return live
    said = {"n": opened}
    if not live:
        return ngettext("Opened %(n)d time since", "Opened %(n)d times since", opened) % said
    later = ngettext("opened %(n)d time since", "opened %(n)d times since", opened) % said
    return f"{live} · {later}"


def took_part(told: Told) -> str:
    """Return the sentence of a session's page: "61 took part live, in 17 countries"; "" where nothing is told."""
    if not told.people:
        return ""
    if told.countries < 2:
        return ngettext("%(n)d took part live", "%(n)d took part live", told.people) % {"n": told.people}
    said = {"n": told.people, "countries": told.countries}
    return _("%(n)d took part live, in %(countries)d countries") % said


def took_part_in_all(told: Told) -> str:
    """Return the sentence of a series' page; a session with too few to be told of is not in it."""
    if told.sessions < 2:
        return took_part(told)
    said = {"sessions": told.sessions, "words": took_part(told)}
    return _("In %(sessions)d sessions, %(words)s") % said


def _sorted(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(rows, key=lambda each: (-each[1], each[0]))


def _counted(key: str, title: str, head: str, rows: Sequence[tuple[str, int]]) -> Plot:
    """Bars of the largest, and one of all the others."""
    most = MOST_BARS if len(rows) > MOST_BARS + 1 else len(rows)
    shown, rest = list(rows[:most]), rows[most:]
    if rest:
        shown.append((_("%(n)d others") % {"n": len(rest)}, sum(number for _name, number in rest)))
    name, number = shown[0]
    about = _("%(n)d in all; the most: %(name)s, %(number)d.")
    total = sum(each for _name, each in rows)
    said = about % {"n": total, "name": name, "number": number}
    return bars(key, title, said, (head, _("Number")), [(each, n, decimal(n)) for each, n in shown])


def _over_time(held: Sequence[Held]) -> Plot:
    """A pair of columns for each session, or for each month where they are many."""
    locale, months = locale_of(get_language() or "en"), len(held) > MOST_COLUMNS
    summed: dict[str, list[int]] = {}
    for each in held:
        day = each.session.local_date
        key = format_date(day, "MMM yy" if months else "d MMM", locale=locale) if day else UNKNOWN
        while not months and key in summed:  # two on one day are two
            key += " "
        pair = summed.setdefault(key, [0, 0])
        pair[0] += each.registered
        pair[1] += each.counts.people
    rows = [(name, one, other) for name, (one, other) in summed.items()]
    about = _("%(registered)d registrations and %(live)d who took part live in %(sessions)d sessions.")
    return columns(
        "time",
        _("Registered and live"),
        about
        % {
            "registered": sum(one for _name, one, _other in rows),
            "live": sum(other for _name, _one, other in rows),
            "sessions": len(held),
        },
        (_("When"), _("Registered"), _("Took part live")),
        rows,
    )

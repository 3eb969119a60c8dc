"""Which program fetches a calendar, by its User-Agent, kept coarse: a name that its owner knows, never a version."""

NAMES = (
    ("google-calendar", "Google Calendar"),
    ("googlebot", "Google Calendar"),
    ("microsoft exchange", "Outlook on the web"),
    ("exchange.calendar", "Outlook on the web"),
    ("owa", "Outlook on the web"),
    ("outlook", "Outlook"),
    ("microsoft office", "Outlook"),
    ("icsx5", "ICSx⁵"),
    ("icsdroid", "ICSx⁵"),
    ("thunderbird", "Thunderbird"),
    ("lightning", "Thunderbird"),
    ("nextcloud", "Nextcloud"),
    ("evolution", "Evolution"),
    ("libsoup", "Evolution"),
    ("dataaccessd", "Apple Calendar"),
    ("calendaragent", "Apple Calendar"),
    ("accountsd", "Apple Calendar"),
    ("ios/", "Apple Calendar"),
    ("mac os x/", "Apple Calendar"),
    ("macos/", "Apple Calendar"),
    ("davx5", "DAVx⁵"),
    ("fantastical", "Fantastical"),
    ("home assistant", "Home Assistant"),
    ("homeassistant", "Home Assistant"),
    ("korganizer", "KOrganizer"),
    ("kalendar", "KOrganizer"),
    ("akonadi", "KOrganizer"),
    ("vdirsyncer", "vdirsyncer"),
)
"""The first that is in the header counts. They are names of products: nobody translates them."""


def name_of(user_agent: str) -> str:
    """Return the program's name; "" where it is none that we know."""
    said = user_agent[:300].lower()
    return next((name for part, name in NAMES if part in said), "")

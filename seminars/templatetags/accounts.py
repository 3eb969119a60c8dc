"""How pages of one's own account call a browser."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()
BROWSERS = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("chrom", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """Return a name that its owner knows, "Firefox, Windows", without versions."""
    said = user_agent.lower()
    names = [next((name for sign, name in signs if sign in said), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, names)) or _("Another program")

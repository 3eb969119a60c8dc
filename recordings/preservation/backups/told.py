"""The settings as a backup may keep them: what has to be set again, and never a secret."""

import os
import re
from collections.abc import Mapping

PREFIX = "MERIDIAN_"
SECRET = re.compile(r"SECRET|KEY|PASSWORD|TOKEN|OIDC|GOOGLE|MICROSOFT|GITHUB|REPORTS")
ADDRESS = re.compile(r"//[^/@]*@")


def settings_told(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the settings by name; of a secret only that it is set, of an address no user and password."""
    given = os.environ if environ is None else environ
    return {name: _told(name, given[name]) for name in sorted(given) if name.startswith(PREFIX)}


def _told(name: str, value: str) -> str:
    return "(set; kept apart)" if SECRET.search(name) else ADDRESS.sub("//…@", value)

"""What accounts need of allauth, and other people's sign-ins read from the settings. Plain data: no Django here.

Google and Microsoft speak OpenID Connect, so they are entries of the same kind; GitHub does not.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

EXAMPLE = (
    '[{"id": "kth", "name": "KTH", "issuer": "https://login.example.org", "client_id": "…", "secret": "…"}]'
)
KEYS = {"id", "name", "issuer", "client_id", "secret", "trusted"}
GOOGLE = ("google", "Google", "https://accounts.google.com")
MICROSOFT = ("microsoft", "Microsoft", "https://login.microsoftonline.com/common/v2.0")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass
class SignIns:
    """Other sign-ins that can be used. origins: where a form leads. faults: what is wrong, in words."""

    providers: dict[str, Any] = field(default_factory=dict)
    apps: list[str] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def sign_ins(*, oidc: str, google: str = "", microsoft: str = "", github: str = "") -> SignIns:
    """Return the sign-ins that the settings name; one that is wrong is left out and told of in `faults`.

    oidc: JSON, a list of objects with `KEYS`. google, microsoft, github: "client id:secret", "" for none.
    """
    found = SignIns()
    entries = _listed(oidc, found)
    for (key, name, issuer), given in ((GOOGLE, google), (MICROSOFT, microsoft)):
        if pair := _pair(given, f"MERIDIAN_{key.upper()}", found):
            entries.append(
                {"id": key, "name": name, "issuer": issuer, "client_id": pair[0], "secret": pair[1]}
            )
    good = [each for each in entries if _is_good(each, found)]
    names = [each["id"] for each in good]
    for twice in sorted({each for each in names if names.count(each) > 1}):
        found.faults.append(f"Two sign-ins have the id “{twice}”.")
    if good:
        found.providers["openid_connect"] = {
            "APPS": [_app(each) for each in good],
            "OAUTH_PKCE_ENABLED": True,
        }
        found.origins = sorted({_origin(each["issuer"]) for each in good})
    if pair := _pair(github, "MERIDIAN_GITHUB", found):
        app = {"client_id": pair[0], "secret": pair[1], "name": "GitHub"}
        found.providers["github"] = {"APPS": [app], "SCOPE": ["user:email"]}
        found.apps.append("allauth.socialaccount.providers.github")
        found.origins.append("https://github.com")
    return found


def _listed(oidc: str, found: SignIns) -> list[dict[str, Any]]:
    if not oidc.strip():
        return []
    try:
        entries = json.loads(oidc)
    except json.JSONDecodeError as wrong:
        found.faults.append(f"MERIDIAN_OIDC is no JSON: {wrong}.")
        return []
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        found.faults.append("MERIDIAN_OIDC must be a list of objects.")
        return []
    return entries


def _pair(given: str, name: str, found: SignIns) -> tuple[str, str] | None:
    key, colon, secret = given.partition(":")
    if given and not (key and colon and secret):
        found.faults.append(f"{name} must be “client id:secret”.")
        return None
    return (key, secret) if given else None


def _is_good(entry: dict[str, Any], found: SignIns) -> bool:
    shown = entry.get("id") or entry.get("name") or "?"
    missing = sorted(KEYS - {"trusted"} - {key for key, value in entry.items() if value})
    unknown = sorted(set(entry) - KEYS)
    wrong = [f"“{shown}” of MERIDIAN_OIDC lacks {', '.join(missing)}."] if missing else []
    if unknown:
        wrong.append(f"“{shown}” of MERIDIAN_OIDC has unknown keys: {', '.join(unknown)}.")
    if any(key in entry and not isinstance(entry[key], str) for key in KEYS - {"trusted"}):
        wrong.append(f"“{shown}” of MERIDIAN_OIDC: all values but “trusted” are texts.")
    elif not missing:
        wrong += _wrong_address(str(shown), entry)
    found.faults += wrong
    return not wrong


def _wrong_address(shown: str, entry: dict[str, Any]) -> list[str]:
    try:
        parts = urlsplit(entry["issuer"])
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or set(entry["issuer"]) & set(" ;,\"'<>"):
        return [f"“{shown}” of MERIDIAN_OIDC: the issuer is no address."]
    if parts.scheme == "http" and host not in LOOPBACK:
        return [f"“{shown}” of MERIDIAN_OIDC: the issuer must be https, or anybody on the way could sign in."]
    if not entry["id"].replace("-", "").isalnum() or not entry["id"].isascii():
        return [f"“{shown}” of MERIDIAN_OIDC: the id is made of letters, digits and hyphens."]
    if not isinstance(entry.get("trusted", False), bool):
        return [f"“{shown}” of MERIDIAN_OIDC: “trusted” is true or false."]
    return []


def _app(entry: dict[str, Any]) -> dict[str, Any]:
    settings = {
        "server_url": entry["issuer"].rstrip("/"),
        "email_authentication": entry.get("trusted", False),
    }
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["secret"],
        "settings": settings,
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"

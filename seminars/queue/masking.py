"""What programs say may quote secrets: addresses with a key in them, tokens, passwords. They are hidden first.

Plain Python. Too much hidden does no harm; what is hidden here is never stored.
"""

import re

HIDDEN = "•••"
_USER = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@'\"]+@")
_QUERY = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s?#'\"<>]*)[?#][^\s'\"<>]+")
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|cookie|set-cookie)(['\"]?\s*[:=]\s*).+")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}")
_NAMED = re.compile(
    r"(?i)\b([\w-]*(?:secret|passw(?:or)?d|passwd|token|api[_-]?key|checksum|signature)[\w-]*)"
    r"(['\"]?\s*[:=]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;)}\]]+)"
)


def masked(text: str) -> str:
    """Return the text with what may be a secret replaced by dots: of addresses, all after `?` and before `@`."""
    text = _USER.sub(rf"\1{HIDDEN}@", text)
    text = _QUERY.sub(rf"\1?{HIDDEN}", text)
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    return _NAMED.sub(rf"\1\2{HIDDEN}", text)

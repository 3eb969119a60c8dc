"""Secrets at rest, sealed by Fernet (AES-128-CBC, HMAC-SHA-256) with keys made from SECRET_KEY and those before it."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

_PURPOSE = b"recordings.providers"


class Unreadable(Exception):
    """Sealed with a key that is gone: the secret has to be given again. The message says so."""


def seal(secret: str) -> str:
    """Return `secret` so that nobody reads it without the site's key."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return what was sealed. Raises Unreadable."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        words = _("Give the secret once more: the site's own key has changed.")
        raise Unreadable(words) from wrong


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(each).encode())) for each in keys])


def _derived(key: bytes) -> bytes:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
    return base64.urlsafe_b64encode(made)

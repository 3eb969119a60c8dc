"""Every setting of Meridian, read strictly from the environment, or a safe default.

Nothing needs to be set on one machine. A value that cannot be read stops the start with one line that says what to do.
"""

import os
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError, validate

from seminars.config.accounts import sign_ins

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent


def stop(message: str) -> None:
    """End the process with one line for the person at the keyboard."""
    sys.exit(f"Meridian cannot start: {message}")


try:
    # Where everything that Meridian writes lies: database, media, mails, feeds, keys.
    DATA = Path(env.str("MERIDIAN_DATA", str(BASE_DIR / ".meridian"))).expanduser().absolute()
    # The site's public address; it goes into calendar entries and mails.
    MERIDIAN_URL = env.str("MERIDIAN_URL", "http://127.0.0.1:8000").rstrip("/")
    # Long random text that signs cookies and links. Made once and kept in the data folder when not set.
    GIVEN_SECRET_KEY = env.str("MERIDIAN_SECRET_KEY", "")
    # Shows tracebacks to visitors: only for developing.
    DEBUG = env.bool("MERIDIAN_DEBUG", False)
    # sqlite:////path or postgres://user:password@host/name. Default: SQLite in the data folder.
    DATABASE_URL = env.str("MERIDIAN_DATABASE", "")
    # smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Default: mails become files in the data folder.
    MAIL_URL = env.str("MERIDIAN_MAIL", "")
    # The sender of every mail.
    DEFAULT_FROM_EMAIL = env.str("MERIDIAN_MAIL_FROM", "Meridian <meridian@localhost>")
    # How many mails may leave in a minute; 0: as many as the mail server takes.
    MAIL_PER_MINUTE = env.int("MERIDIAN_MAIL_PER_MINUTE", 0, validate=validate.Range(min=0))
    # The same for each domain of recipients, and for some by name: 3000,gmail.com=1200.
    MAIL_PER_DOMAIN_TEXT: list[str] = env.list("MERIDIAN_MAIL_PER_DOMAIN", ["3000"])
    # name:secret by which a mail provider reports bounces and complaints. Default: no provider may.
    MAIL_REPORTS = env.str("MERIDIAN_MAIL_REPORTS", "")
    # The key by which the provider signs its reports, where it does.
    MAIL_REPORTS_KEY = env.str("MERIDIAN_MAIL_REPORTS_KEY", "")
    # The domain whose mail a provider posts to /mails/in/…: files for a session are mailed there. Default: none are.
    MAIL_IN = env.str("MERIDIAN_MAIL_IN", "").strip().lower()
    # Further host names that the site answers to, comma separated; the one of MERIDIAN_URL always counts.
    EXTRA_HOSTS: list[str] = env.list("MERIDIAN_HOSTS", [])
    # The name shown on every page and in the site's calendar.
    SITE_NAME = env.str("MERIDIAN_SITE_NAME", "Meridian")
    # True where a reverse proxy sets X-Forwarded-Proto and X-Forwarded-For.
    BEHIND_PROXY = env.bool("MERIDIAN_BEHIND_PROXY", False)
    # Caches in front that are told of changed calendars by PURGE requests, such as http://127.0.0.1:6081.
    PURGE_URLS: list[str] = env.list("MERIDIAN_PURGE_URLS", [])
    # The largest file that is taken in, in bytes, uploaded or fetched. Default: 4 GiB.
    MAX_FILE_BYTES = env.int("MERIDIAN_MAX_FILE_BYTES", 4 * 1024**3, validate=validate.Range(min=1))
    # How many bytes the files of one community may have together; 0: as many as the disk holds.
    COMMUNITY_BYTES = env.int("MERIDIAN_COMMUNITY_BYTES", 0, validate=validate.Range(min=0))
    # A folder on another disk: every file gets a second copy there. Default: none does.
    SECOND_COPY = env.str("MERIDIAN_SECOND_COPY", "")
    # A folder on another disk for nightly backups, and how many are kept. Default: here, and the database only.
    BACKUPS_FOLDER = env.str("MERIDIAN_BACKUPS", "")
    BACKUPS_KEPT = env.int("MERIDIAN_BACKUPS_KEPT", 14, validate=validate.Range(min=1))
    # The ffmpeg executable. Default: the one on PATH, else the one that imageio-ffmpeg carries.
    FFMPEG = env.str("MERIDIAN_FFMPEG", "")
    # LibreOffice, which makes a PDF of a PPTX. Default: soffice on PATH, if it is there.
    SOFFICE = env.str("MERIDIAN_SOFFICE", "")
    # A speech recogniser of your own: a command with {input} (WAV), {output} (WebVTT or SRT) and {language}.
    RECOGNISER = env.str("MERIDIAN_RECOGNISER", "")
    # Threads of each process of the web server, and how many of them may stream media at once. Default: seven eighths.
    WEB_THREADS = env.int("MERIDIAN_WEB_THREADS", 64, validate=validate.Range(min=4))
    STREAMS = env.int("MERIDIAN_STREAMS", WEB_THREADS * 7 // 8, validate=validate.Range(min=1))
    # True: who plans anything needs a passkey or an app with codes before they reach /organise/.
    ORGANISERS_NEED_MFA = env.bool("MERIDIAN_ORGANISERS_NEED_MFA", False)
    # Other people's sign-ins: OpenID Connect as JSON (see the README), and three ready made, "client id:secret".
    SIGN_INS = sign_ins(
        oidc=env.str("MERIDIAN_OIDC", ""),
        google=env.str("MERIDIAN_GOOGLE", ""),
        microsoft=env.str("MERIDIAN_MICROSOFT", ""),
        github=env.str("MERIDIAN_GITHUB", ""),
    )
except EnvError as wrong:
    stop(str(wrong))

_parts = urlsplit(MERIDIAN_URL)
try:
    _parts.port  # noqa: B018 — reading it is the check
except ValueError as wrong:
    stop(f"MERIDIAN_URL has a port that cannot be: {wrong}. It is “{MERIDIAN_URL}”.")
_strange = not _parts.hostname or set(MERIDIAN_URL) & set(" \t\"'<>\\@#")
if _parts.scheme not in {"http", "https"} or _strange or _parts.path or _parts.query:
    stop(f"MERIDIAN_URL must be like https://seminars.example.org, without a path. It is “{MERIDIAN_URL}”.")


def make_folder(folder: Path) -> Path:
    """Return `folder`, made if need be; or stop with what to do."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        stop(f"the folder {folder} cannot be written ({wrong.strerror}). Set MERIDIAN_DATA to one that can.")
    return folder


def secret_key(folder: Path) -> str:
    """Return the key kept in `folder`, made at the first start (mode 0600, so that only this user reads it)."""
    path = folder / "secret_key"
    try:
        if not path.exists():
            make_folder(folder)
            draft = folder / f"secret_key.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
            try:
                os.link(draft, path)  # atomic: of two processes starting at once, the first one's key stays
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()
    except OSError as wrong:
        stop(f"the folder {folder} cannot be written ({wrong.strerror}). Set MERIDIAN_DATA to one that can.")
        raise


SECRET_KEY = GIVEN_SECRET_KEY or secret_key(DATA)

# --- Hosts and transport -------------------------------------------------------------------------------------------
LOOPBACK_NAMES = {"127.0.0.1", "localhost", "::1"}
IS_LOOPBACK = _parts.hostname in LOOPBACK_NAMES
ALLOWED_HOSTS = [_parts.hostname, *EXTRA_HOSTS, *(["127.0.0.1", "localhost", "[::1]"] if IS_LOOPBACK else [])]
CSRF_TRUSTED_ORIGINS = [MERIDIAN_URL]
SECURE = _parts.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = (
    "meridian_session",
    "meridian_csrf",
    "meridian_language",
)
ZONE_COOKIE_NAME = "meridian_zone"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # else all visitors share one address, and so the limits of sign-in
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *SIGN_INS.origins],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Apps ----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "seminars",
    "recordings",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *SIGN_INS.apps,
    "django_htmx",
    "csp",
    "django_q",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "seminars.web.short_way.ShortWay",
    "recordings.web.media_again.MediaAgain",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "seminars.web.feeds.FeedHeaders",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "seminars.web.visitors.VisitorMiddleware",
    "seminars.web.accounts.signed_in.SignedIn",
    "seminars.web.nul.NoNul",
    "recordings.web.redirecting.FormerAddresses",
]
ROOT_URLCONF = "seminars.config.urls"
WSGI_APPLICATION = "seminars.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "seminars.web.visitors.page_context",
            ]
        },
    }
]
FORM_RENDERER = "seminars.web.forms.rendering.Plainly"  # lists of options without a template for each
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database ------------------------------------------------------------------------------------------------------
if DATABASE_URL and urlsplit(DATABASE_URL).scheme not in {"sqlite", "postgres", "postgresql"}:
    stop(
        "MERIDIAN_DATABASE must be like postgres://user:password@host/name or sqlite:////folder/file.sqlite3."
    )
if DATABASE_URL.startswith("postgres") and find_spec("psycopg") is None:
    stop("MERIDIAN_DATABASE needs PostgreSQL's driver. Start with: uv run --extra postgresql manage.py up")
_database: dict[str, Any] = dict(
    dj_database_url.parse(DATABASE_URL or f"sqlite:///{DATA / 'meridian.sqlite3'}")
)
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that will write queues for the lock at its start, where waiting works; FULL: a commit
    # survives a power cut. A database busy for 20 seconds is an error.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # 512 KiB of pages each: every thread has a connection, and the system caches the file anyway.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-512;",
    }
_database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES = {"default": _database}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",  # one that all processes share
        "LOCATION": DATA / "cache",
    },
    # django-q2 would write its state to the disk four times a second; our own beats say how the queue is.
    "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "seminars.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = False
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Such as BCD-FGH, of 20 letters; three attempts, then a new code.
ALLAUTH_USER_CODE_FORMAT = {"length": 6, "dashed": True}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _parts.scheme
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one takes its place once a code has proved it
ACCOUNT_EMAIL_NOTIFICATIONS = True  # the old address is told, and each change of passkeys
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_ADAPTER = "seminars.web.accounts.adapters.AccountAdapter"
MFA_ADAPTER = "seminars.web.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE and IS_LOOPBACK
MFA_FORMS = {"add_webauthn": "seminars.web.accounts.forms.AddPasskey"}
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "seminars.web.accounts.adapters.OtherSignIn"
SOCIALACCOUNT_PROVIDERS = SIGN_INS.providers
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # only where the settings trust the provider

# --- Mail ----------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 20
MAILBOX = DATA / "mail"
if MAIL_URL:
    _mail = urlsplit(MAIL_URL)
    if _mail.scheme not in {"smtp", "smtps"} or not _mail.hostname:
        stop("MERIDIAN_MAIL must be like smtp://user:password@mail.example.org:587.")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp" and EMAIL_HOST not in LOOPBACK_NAMES
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAILBOX
MAIL_PER_DOMAIN: dict[str, int] = {}  # "" is every domain without a line of its own
for _line in MAIL_PER_DOMAIN_TEXT:
    _domain, _is, _most = _line.rpartition("=")
    if not _most.strip().isdecimal():
        stop("MERIDIAN_MAIL_PER_DOMAIN must be like 3000 or 3000,gmail.com=1200.")
    MAIL_PER_DOMAIN[_domain.strip().lower()] = int(_most)
if MAIL_REPORTS and len(MAIL_REPORTS.partition(":")[2]) < 16:
    stop("MERIDIAN_MAIL_REPORTS must be like name:secret, the secret of 16 characters or more.")
# What django-anymail reads: one secret for all providers, and the key of the one that signs.
ANYMAIL: dict[str, str] = {"WEBHOOK_SECRET": MAIL_REPORTS} if MAIL_REPORTS else {}
if MAIL_REPORTS_KEY:
    _signing = (
        "MAILGUN_WEBHOOK_SIGNING_KEY MAILERSEND_SIGNING_SECRET MAILTRAP_TRACKING_SECRET MANDRILL_WEBHOOK_KEY"
    )
    _signing += " POSTAL_WEBHOOK_KEY RESEND_SIGNING_SECRET"
    ANYMAIL |= dict.fromkeys(_signing.split(), MAIL_REPORTS_KEY)

# --- Languages and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("sv", _("Swedish"))]
# Their Swedish spells it otherwise than ours. Named here it comes into our catalogue, which counts first.
WORDS_OF_ALLAUTH = [_("Email address")]
LOCALE_PATHS = [BASE_DIR / "seminars" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages convert by the visitor's zone themselves; nothing depends on the server's

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "media"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FEEDS = DATA / "feeds"
STORE = DATA / "store"
BACKUPS = Path(BACKUPS_FOLDER or DATA / "backups").expanduser().absolute()
BACKUPS_APART = bool(BACKUPS_FOLDER)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
FILE_UPLOAD_TEMP_DIR = make_folder(DATA / "incoming")
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# To disk as it comes; above the limit, nowhere.
FILE_UPLOAD_HANDLERS = ["recordings.web.uploads.LimitedUpload"]

# --- Queue (what django-q2 really does, and why these figures: see the comments in seminars/queue) ------------------
Q_CLUSTER: dict[str, Any] = {
    "name": "meridian",
    "orm": "default",
    "cache": "nothing",
    "workers": 2,
    "queue_limit": 2,
    "bulk": 1,
    "timeout": 120,
    "retry": 600,
    "poll": 0.5,
    "ack_failures": True,
    "save_limit": 0,
    "catch_up": False,
    "recycle": 200,
    "ALT_CLUSTERS": {
        "media": {"workers": 1, "timeout": 4 * 3600, "retry": 4 * 3600 + 600, "scheduler": False}
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING"},
    "loggers": {
        "seminars": {"level": "INFO"},
        "recordings": {"level": "INFO"},
        # Whoever scans the network asks for wrong hosts all day; each would leave a page of traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

"""The settings of the site, in a throw-away data folder: nobody's own Meridian is read or written.

`MERIDIAN_DATABASE` alone is kept from the environment: it runs the same suite on PostgreSQL.
"""

import os

from tests.throwaway import data_folder

_KEPT = {"MERIDIAN_DATABASE", "MERIDIAN_TEST_ALL", "MERIDIAN_SCREENS", "MERIDIAN_NODE_MODULES"}
_KEPT |= {"MERIDIAN_OLD_TZDATA", "MERIDIAN_FOUND"}
for _name in [name for name in os.environ if name.startswith("MERIDIAN_") and name not in _KEPT]:
    del os.environ[_name]
_folder = data_folder("tests")
(_folder / "static").mkdir()  # `up` collects into it; the tests serve static files from where they lie

from seminars.config.settings import *  # noqa: E402, F403  # the environment comes first
from seminars.config.settings import DATABASES, STORAGES  # noqa: E402

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that each thread has a connection of its own, as in life. It need not survive a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"

"""The door of the web server: `gunicorn seminars.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seminars.config.settings")
_pages = get_wsgi_application()  # first of all: it loads the apps

from seminars.config.warming import warm  # noqa: E402
from seminars.web.door import Door  # noqa: E402

warm()
application = Door(_pages)

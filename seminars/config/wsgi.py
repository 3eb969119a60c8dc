"""The door of the web server: `gunicorn seminars.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seminars.config.settings")
application = get_wsgi_application()

"""Meridian's one command: `uv run manage.py up` starts everything, `uv run manage.py help` lists the rest."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seminars.config.settings")
    execute_from_command_line(sys.argv)

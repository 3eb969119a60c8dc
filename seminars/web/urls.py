"""Addresses of the seminars app. They are stable for ever; tests/seminars/web/test_addresses.py lists them."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

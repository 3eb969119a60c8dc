"""Addresses of the recordings app. They are stable for ever."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

"""Addresses of one's own account. They stand before allauth's, so that ours count where both have one."""

from seminars.web.accounts import fresh, profile, ways
from seminars.web.accounts.my_data import urlpatterns as of_my_data

urlpatterns = [*profile.urlpatterns, *fresh.urlpatterns, *of_my_data, *ways.urlpatterns]

"""Addresses of one's own account. They stand before allauth's, so that ours count where both have one."""

from seminars.web.accounts import fresh, my_data, profile, ways

urlpatterns = [*profile.urlpatterns, *fresh.urlpatterns, *my_data.urlpatterns, *ways.urlpatterns]

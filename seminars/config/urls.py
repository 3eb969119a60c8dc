"""The site's table of contents."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("seminars.web.urls")),
    path("", include("recordings.web.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

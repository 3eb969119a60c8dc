"""The site's table of contents."""

from django.contrib import admin
from django.urls import include, path

from seminars.config import api

urlpatterns = [
    path("", include("seminars.web.urls")),
    path("", include("recordings.web.urls")),
    *api.urlpatterns,
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "seminars.config.api.bad_request"
handler404 = "seminars.config.api.not_found"
handler500 = "seminars.config.api.server_error"

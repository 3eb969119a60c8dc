"""Addresses below /organise/. They are stable for ever."""

from seminars.web.organise import (
    audience,
    board,
    changing,
    checklist,
    clocks,
    communities,
    members,
    moving,
    parts,
    planner,
    polls,
    reports,
    run_sheet,
    series,
    sessions,
    slots,
    speakers,
    year,
)

# The planner's and the new community's fixed addresses stand before the slugs, so that no slug can take them.
urlpatterns = [
    *board.urlpatterns,
    *planner.urlpatterns,
    *series.urlpatterns,
    *sessions.urlpatterns,
    *run_sheet.urlpatterns,
    *speakers.urlpatterns,
    *moving.urlpatterns,
    *changing.urlpatterns,
    *checklist.urlpatterns,
    *reports.urlpatterns,
    *parts.urlpatterns,
    *communities.urlpatterns,
    *members.urlpatterns,
    *polls.urlpatterns,
    *audience.urlpatterns,
    *clocks.urlpatterns,
    *slots.urlpatterns,
    *year.urlpatterns,
]

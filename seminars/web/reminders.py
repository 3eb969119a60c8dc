"""When the reminders of one registration come: chosen by its secret link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seminars.notifications.reminding import leads_now
from seminars.sessions.registration.leads import choose_leads
from seminars.sessions.registration.models import Registration
from seminars.web.forms.readers import WhenForm
from seminars.web.registration import by_link


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def registration_leads(request: HttpRequest, found: Registration) -> HttpResponse:
    """Choose when, or leave it to the organisers."""
    leads = found.leads if found.leads is not None else leads_now(found)
    own = found.leads is not None or not found.reminders
    form = WhenForm(request.POST or None, initial={"own": "own" if own else "", "leads": leads})
    if request.method == "POST" and form.is_valid():
        choose_leads(registration=found, wanted=form.wanted())
        messages.success(request, _("Saved."))
        return redirect("registration", found.token)
    context = {"registration": found, "session": found.session, "form": form}
    return render(request, "seminars/registration_leads.html", context, status=422 if form.errors else 200)


urlpatterns = [path("registration/<str:token>/when/", registration_leads, name="registration_leads")]
"""Before those of `registration`, whose last one takes any word."""

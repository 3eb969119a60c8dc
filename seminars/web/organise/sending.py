"""How far a community's mails are, for its organisers: what waits, what was given up and why; send one again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.notifications import outbox
from seminars.notifications.kinds import KINDS
from seminars.notifications.models import Message, MessageState
from seminars.web.organise.gate import for_organisers
from seminars.web.visitors import visitor_of

ON_A_PAGE = 50


@for_organisers
@require_safe
def mails(request: HttpRequest, slug: str) -> HttpResponse:
    """The mails, the newest first; those that stopped above them."""
    community = organised_community_or_404(slug, visitor_of(request))
    ours = Message.objects.sent_for(community)
    page = Paginator(ours, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community,
        "page": page,
        "rows": [(each, _title(each)) for each in page],
        "stopped": [(each, _title(each)) for each in ours.stopped()[:ON_A_PAGE]],
        "waiting": ours.filter(state__in=MessageState.unsent()).count(),
    }
    return render(request, "seminars/organise/community_mails.html", context)


@for_organisers
@require_POST
def again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send a mail again that was given up or is uncertain: who presses the button has decided so."""
    community = organised_community_or_404(slug, visitor_of(request))
    message = get_object_or_404(Message, community=community, pk=pk)
    if outbox.try_again(message, now=timezone.now()):
        messages.success(request, _("The mail goes out again."))
    else:
        messages.info(request, _("This mail needs no help any more."))
    return redirect("community_mails", slug)


def _title(message: Message) -> str:
    kind = KINDS.get(message.kind)
    return str(kind.title) if kind else message.kind


BASE = "organise/communities/<slug:slug>/mails/"
urlpatterns = [
    path(BASE, mails, name="community_mails"),
    path(f"{BASE}<int:pk>/", again, name="send_mail_again"),
]

"""What the queue's page says about jobs that read files again, copy them and bring them back."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recordings.catalogue.models import Original
from recordings.preservation.fixity import copying, nightly
from seminars.queue.kinds import About, Kind
from seminars.queue.models import Job


def damaged_files(those: Sequence[Job]) -> dict[int, About]:
    """Say which file each job brings back. One question."""
    keys = {job.pk: int(job.subject.partition(":")[2]) for job in those}
    rows = Original.objects.filter(asset__in=set(keys.values())).select_related("recording").order_by("-pk")
    files = {each.asset_id: each for each in rows}
    return {
        job: About(
            title=files[key].filename or files[key].recording.slug,
            address=reverse("recording_verification", args=[files[key].recording.slug]),
        )
        for job, key in keys.items()
        if key in files
    }


KINDS = (
    Kind(
        nightly.KIND,
        _("Read files again"),
        _("Nothing: what was not read tonight is read another night."),
    ),
    Kind(
        nightly.MEND_KIND,
        _("Bring a damaged file back"),
        _("The file stays damaged, and its page says so."),
        damaged_files,
    ),
    Kind(
        copying.KIND,
        _("Make second copies"),
        _("New files lie on one disk only."),
    ),
)

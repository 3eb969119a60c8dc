"""The pictures that the edition with slides and voice is made of."""

from pathlib import Path

import pytest
from PIL import Image

from recordings.assets import store
from recordings.assets.models import Asset
from recordings.slides import edition, pictures
from seminars.queue import jobs
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("gone", [True, False])
def test_a_damaged_page_is_named_and_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    picture = tmp_path / "page.webp"
    Image.new("RGB", (64, 48), "white").save(picture, "WEBP", lossless=True)
    with store.staging(picture) as staged:
        probe = {"width": 64, "height": 48}
        asset = store.keep(staged, media_type="image/webp", probe=probe, now=NOW)
    looked: list[tuple[str, int]] = []
    monkeypatch.setattr(pictures, "nudge", lambda door, *, asset_id: looked.append((door, asset_id)))
    with edition.listed([edition.Still(0.0, asset)], 10.0) as listing:
        assert "duration 10.000" in listing.read_text()
    path = store.path_of(asset.sha256)
    path.unlink()
    if not gone:
        path.write_bytes(b"RIFF" + bytes(40))
    with (
        pytest.raises(jobs.Transient, match="picture of a slide is damaged"),
        edition.listed([edition.Still(0.0, Asset.objects.get())], 10.0),
    ):
        pass
    assert looked == [(store.LOOK_DOOR, asset.pk)]
    assert not list(store.staging_folder().glob("slides-*"))

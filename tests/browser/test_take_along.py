"""Take the archive along: what a stick gets is told, a stick and a bag are downloaded, on large and small screens."""

import zipfile

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Role
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_member, make_user
from tests.recordings.preservation.archive import make_archive


@pytest.mark.parametrize("size", [(1280, 900), (360, 740)])
def test_a_stick_and_a_bag_are_taken_along(page: Page, site: str, size: tuple[int, int]) -> None:
    archive = make_archive()
    planner = make_user("planner@example.net")
    make_member(archive.community, planner, role=Role.ORGANISER)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, planner, site)
    page.goto(f"{site}/organise/communities/micro/")
    page.get_by_role("link", name="Take the archive along").click()
    expect(page.get_by_role("heading", level=1, name="Take the archive along")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_label("Recordings as they came").uncheck()
    page.get_by_label("Size of the stick").select_option("8")
    page.get_by_role("button", name="Show how large it gets").click()
    expect(page.get_by_text("1 session or recording")).to_be_visible()
    expect(page.get_by_text("--size 8GB")).to_be_visible()
    expect(page.get_by_label("Recordings as they came")).not_to_be_checked()
    axe(page)
    fits(page)
    screens(page, f"take-along-{size[0]}")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the stick (ZIP)").click()
    with zipfile.ZipFile(started.value.path()) as stick:
        assert any(name.endswith("/START.html") for name in stick.namelist())
    with page.expect_download() as started:
        page.get_by_role("button", name="Download a bag").click()
    with zipfile.ZipFile(started.value.path()) as bag:
        assert any(name.endswith("/bagit.txt") for name in bag.namelist())

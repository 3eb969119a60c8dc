"""The administrators' pages under the strict Content-Security-Policy: nothing is refused or comes from elsewhere."""

import pytest
from playwright.sync_api import Page, expect

from seminars.people.models import Community, User
from tests.browser.conftest import screens, sign_in
from tests.factories import make_material, make_series, make_session


@pytest.mark.parametrize("table", ["session", "community", "user", "job"])
def test_administration_works_under_the_policy(
    page: Page, site: str, community: Community, administrator: User, table: str
) -> None:
    make_material(make_session(make_series(community)))
    sign_in(page, administrator, site)
    page.goto(f"{site}/admin/seminars/{table}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    first = page.locator("#result_list tbody th a").first
    if first.count():
        first.click()
        expect(page.locator("#content h1")).to_be_visible()
    screens(page, f"admin-{table}")

"""How answers travel: reading only, ETag, caches, problem documents, and the two pages that tell what there is."""

import logging
import re

import pytest
from django.test import Client

from seminars.people.models import Community
from tests.factories import make_session
from tests.seminars.api.reading import ADDRESSES, document, read

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


class TestCaches:
    """What may be kept, and what has not changed."""

    @pytest.mark.parametrize("address", [*ADDRESSES, "/api/openapi.json"])
    def test_an_unchanged_answer_is_304(self, as_nobody: Client, stopped: object, address: str) -> None:
        make_session()
        first = as_nobody.get(address)
        again = as_nobody.get(address, headers={"if-none-match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]

    def test_a_changed_one_is_sent(self, as_nobody: Client, stopped: object) -> None:
        session = make_session()
        etag = as_nobody.get(f"/api/sessions/{session.slug}/").headers["ETag"]
        session.title = {"en": "Something else"}
        session.save()
        again = as_nobody.get(f"/api/sessions/{session.slug}/", headers={"if-none-match": etag})
        assert again.json()["title"] == {"en": "Something else"}

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_what_is_public_keeps_a_minute_and_what_is_somebodys_is_theirs(
        self, as_nobody: Client, as_stranger: Client, address: str
    ) -> None:
        public, own = as_nobody.get(address), as_stranger.get(address)
        assert public.headers["Cache-Control"] == "public, max-age=60"
        assert own.headers["Cache-Control"] == "private, no-cache"
        assert "Cookie" in public.headers["Vary"]
        assert not public.cookies

    def test_a_problem_is_not_kept(self, as_nobody: Client) -> None:
        assert as_nobody.get("/api/sessions/nothing-here/").headers["Cache-Control"] == "no-store"


class TestReadingOnly:
    """No method but GET and HEAD."""

    @pytest.mark.parametrize("address", [*ADDRESSES, "/api/sessions/nothing-here/", "/api/openapi.json"])
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_writing_is_refused(self, address: str, method: str) -> None:
        answer = getattr(Client(enforce_csrf_checks=True), method)(address)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json()["detail"] == "This is to read only. Use GET or HEAD."

    def test_head_has_the_headers_of_get(self, as_nobody: Client, stopped: object) -> None:
        got, head = as_nobody.get("/api/sessions/"), as_nobody.head("/api/sessions/")
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", got.headers["ETag"])

    def test_the_document_knows_of_get_alone(self) -> None:
        assert {method for methods in document()["paths"].values() for method in methods} == {"get"}


class TestProblems:
    """Whatever goes wrong below /api/ is a problem document."""

    @pytest.mark.parametrize(
        "address", ["/api/nothing/", "/api/sessions/a/b/", "/api/sessions/é/", "/api/docs"]
    )
    def test_an_address_that_leads_nowhere(self, as_nobody: Client, address: str) -> None:
        answer = as_nobody.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
        assert answer.content == as_nobody.get("/api/sessions/nothing-here/").content

    def test_elsewhere_it_is_a_page(self, as_nobody: Client) -> None:
        assert "text/html" in as_nobody.get("/nothing/").headers["Content-Type"]

    def test_a_forgotten_slash_is_added(self, as_nobody: Client) -> None:
        answer = as_nobody.get("/api/sessions?limit=1")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/api/sessions/?limit=1")

    def test_a_fault_of_ours_is_logged_and_tells_nothing(
        self, as_nobody: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_given: object) -> None:
            raise RuntimeError("s3cret")

        monkeypatch.setattr("seminars.api.communities.community_facts", fail)
        make_session()
        with caplog.at_level(logging.ERROR, "django.request"):
            said = read(as_nobody, "/api/communities/", 500)
        assert said["title"] == "Internal Server Error"
        assert "s3cret" not in str(said)
        assert ["s3cret" in str(each.exc_info) for each in caplog.records] == [True]

    def test_a_fault_before_any_operation_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_request: object) -> None:
            raise RuntimeError("s3cret")

        monkeypatch.setattr("seminars.api.answers.visitor_of", fail)
        answer = Client(raise_request_exception=False).get("/api/communities/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
        assert b"s3cret" not in answer.content

    def test_a_request_that_django_refuses(self) -> None:
        answer = Client().get("/api/communities/", headers={"host": "elsewhere.example.org"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)

    def test_its_words_are_in_the_readers_language_or_english(self, as_nobody: Client) -> None:
        answer = as_nobody.get("/api/nothing/", headers={"accept-language": "xx"})
        assert answer.json()["detail"].startswith("There is nothing here")


class TestTelling:
    """/api/ and /api/openapi.json"""

    def test_the_page_names_every_address_of_the_document(self, as_nobody: Client) -> None:
        text = as_nobody.get("/api/").content.decode()
        assert set(re.findall(r"<code>(/api/[^<]*)</code>", text)) == set(document()["paths"])
        assert 'href="/api/openapi.json"' in text

    def test_the_page_loads_nothing_from_elsewhere(self, as_nobody: Client) -> None:
        text = as_nobody.get("/api/").content.decode()
        assert re.findall(r"(?:src|href)=\"((?:https?:)?//[^\"]*)", text) == []

    def test_the_document_is_served(self, as_nobody: Client) -> None:
        answer = as_nobody.get("/api/openapi.json")
        assert answer.json() == document()
        assert document()["openapi"].startswith("3.1")

    def test_every_problem_has_its_own_media_type(self) -> None:
        answers = [
            (status, list(answer["content"]))
            for methods in document()["paths"].values()
            for status, answer in methods["get"]["responses"].items()
        ]
        assert {media for status, media in ((s, m[0]) for s, m in answers) if status != "200"} == {PROBLEM}
        assert {m[0] for s, m in answers if s == "200"} == {"application/json"}

    def test_every_parameter_says_what_it_takes(self) -> None:
        given = [
            each
            for methods in document()["paths"].values()
            for each in methods["get"].get("parameters", [])
            if each["in"] == "query"
        ]
        assert {each["name"] for each in given} == {
            "after", "before", "community", "series", "cursor", "limit", "q", "page"
        }  # fmt: skip
        assert [each["name"] for each in given if "Give" not in str(each) and "Take" not in str(each)] == []

    def test_nobody_needs_an_account_to_read_them(self, as_nobody: Client, community: Community) -> None:
        assert as_nobody.get("/api/").status_code == 200
        assert read(as_nobody, "/api/communities/")["communities"][0]["slug"] == "savings"

"""Small pages: the words stay, what must be fetched goes, and whatever comes in, the HTML that goes out is closed."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars.web.lite.slimming import DROPPED, VOID, slim


class Balance(HTMLParser):
    """Counts what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") or name in ("style", "class", "src") for name, _value in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def small(body: str) -> str:
    return slim(f"<title>T &amp; U</title><main>{body}</main>", lead=lambda to: to, search="Search")[1]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ('<p class="lead">A <b>b</b> &lt;c&gt;</p>', "<p>A <b>b</b> &lt;c&gt;</p>"),
        ('<div><p lang="sv">Hej</p></div>', '<p lang="sv">Hej</p>'),
        ('<p>a</p><script>alert("x")</script><p>b</p>', "<p>a</p><p>b</p>"),
        ("<p><svg><title>x</title><path d='M0'/></svg> Words</p>", "<p> Words</p>"),
        ('<video controls><source src="a"><a href="/b">Fetch</a></video><p>c</p>', "<p>c</p>"),
        ('<form method="post"><p>never</p></form><p>c</p>', "<p>c</p>"),
        (
            '<form action="/archive/"><input name="q" value="&quot;x"><button>Go</button></form>',
            '<form action="/archive/"><input name="q" value="&quot;x"><button>Search</button></form>',
        ),
        ("<p hidden>gone</p><p>there</p>", "<p>there</p>"),
        ('<a href="#p">To it</a><div id="p"><p>It</p></div>', '<a href="#p">To it</a><span id="p"></span><p>It</p>'),
        ('<a href="/s"><img src=s alt="Slide 1: &lt;b&gt;"></a>', '<a href="/s">Slide 1: &lt;b&gt;</a>'),
        ("<p><button>Again</button></p><p>there</p>", "<p>there</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</li></li></ul>"),
        ('<a href="/x" onclick="y()" class="button">x</a>', '<a href="/x">x</a>'),
        ("<img src=x><p>a<br>b</p>", "<p>a<br>b</p>"),
        ('<a href="/x">x</a><a href="/y">y</a>, z', '<a href="/x">x</a> · <a href="/y">y</a>, z'),
        ('<p><a href="/x">x</a></p><a href="/y">y</a>', '<p><a href="/x">x</a></p><a href="/y">y</a>'),
        (
            '<a href="/x">x</a> <span class="small"><a href="/y">y</a></span>',
            '<a href="/x">x</a> · <a href="/y">y</a>',
        ),
        ("<p>a", "<p>a</p>"),
        (
            '<a href="/x">VTT<span class="unseen"> (Captions)</span></a><span class="tag">new</span>',
            '<a href="/x">VTT<span class="unseen"> (Captions)</span></a> new',
        ),
        ('<p><span class="unseen">a<span>b</span>', '<p><span class="unseen">a b </span></p>'),
        (
            '<a href="/x">VTT<span class="unseen"> (<span lang="sv">sv</span>, whole)</span></a> now',
            '<a href="/x">VTT<span class="unseen"> ( sv , whole)</span></a> now',
        ),
        (
            '<span>a<span class="unseen">b<div><p>c</div>d</span>e</span>f',
            'a<span class="unseen">b <p>c</p> d</span>e f',
        ),
    ],
)  # fmt: skip
def test_what_is_left(body: str, left: str) -> None:
    assert small(body).strip() == left


def test_only_the_main_part_and_the_title_count() -> None:
    title, body = slim(
        "<head><title>A &amp; B</title></head><header>no</header><main><p>yes</p></main><footer>no</footer>",
        lead=lambda to: to,
        search="",
    )
    assert (title, body) == ("A & B", "<p>yes</p>")


def test_links_lead_elsewhere() -> None:
    page = '<main><a href="/a/">a</a> <a href="https://b.example/">b</a></main>'
    _title, body = slim(page, lead=lambda to: f"/l{to}" if to.startswith("/") else to, search="")
    assert body == '<a href="/l/a/">a</a> · <a href="https://b.example/">b</a>'


TAGS = st.sampled_from(
    ["p", "ul", "li", "a", "div", "script", "svg", "form", "table", "td", "br", "img", "main"]
)
PIECES = st.one_of(
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
    TAGS.map(lambda tag: f'<{tag} onload="x" src="y" style="z" href="&amp;" hidden>'),
    st.text(max_size=20),
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_comes_in_is_closed_and_fetches_nothing(body: str) -> None:
    balance = Balance()
    balance.feed(small(body))
    balance.close()
    assert balance.open == []
    assert not balance.seen & (DROPPED - {"button"})

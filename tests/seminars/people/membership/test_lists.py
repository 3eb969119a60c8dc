"""Lists as people keep them, and pictures as they have them."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from seminars.changes.refusing import UserError
from seminars.people.membership import logos
from seminars.people.membership.lists import Why, read_csv, read_text
from tests.factories import make_community


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Amina Diallo <amina@example.org>", {"amina@example.org": "Amina Diallo"}),
        ("AMINA@Example.org", {"amina@example.org": ""}),
        ("amina@example.org, Amina Diallo", {"amina@example.org": "Amina Diallo"}),
        ("Amina\tamina@example.org", {"amina@example.org": "Amina"}),
        ("mailto:amina@example.org", {"amina@example.org": ""}),
        (
            '"Diallo, Amina" <a@example.org>; Bo <b@example.org>',
            {"a@example.org": "Amina Diallo", "b@example.org": "Bo"},
        ),
        (
            "Diallo, Amina <a@example.org>; b@example.org",
            {"a@example.org": "Amina Diallo", "b@example.org": ""},
        ),
        ("Åsa Öberg <asa@example.org>,", {"asa@example.org": "Åsa Öberg"}),
        ("阿明 <a@example.org>", {"a@example.org": "阿明"}),
    ],
)
def test_a_line_is_read_in_any_usual_shape(line: str, people: dict[str, str]) -> None:
    read = read_text(f"\n{line}\n\n")
    assert (read.good, read.bad) == (people, [])


def test_bad_lines_are_numbered_with_their_reason() -> None:
    read = read_text("a@example.org\nnobody\n\na@@b\nx a@example.org b@example.org")
    assert [(each.number, each.why) for each in read.bad] == [
        (2, Why.NO_ADDRESS),
        (4, Why.WRONG),
        (5, Why.NOT_ONE),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"Name;E-mail;Org\nAna Ruiz;ana@example.org;X\nBo;b(at)example;Y\n",
        "First name,Last name,Email\nAna,Ruiz,ana@example.org\nBo,,no\n".encode("utf-16"),
        "Förnamn\tEfternamn\tE-post\nAna\tRuiz\tana@example.org\nBo\tÖ\t\n".encode("cp1252"),
    ],
)
def test_a_table_is_read_by_its_heads(content: bytes) -> None:
    read = read_csv(content)
    assert read.good == {"ana@example.org": "Ana Ruiz"}
    assert [(each.number, each.why) for each in read.bad] == [(3, Why.NO_ADDRESS)]


def test_a_table_without_heads_is_read_by_where_the_address_stands() -> None:
    assert read_csv(b"ana@example.org,Ana,Ruiz\nbo@example.org,Bo,Ek").good == {
        "ana@example.org": "Ana Ruiz",
        "bo@example.org": "Bo Ek",
    }
    assert [each.number for each in read_csv(b"\x00\xff\xfe,nothing\n\nhere").bad] == [1, 3]


def picture(format: str, size: tuple[int, int] = (800, 400), mode: str = "RGB", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, format, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB"), ("PNG", "P")]
)
def test_any_picture_becomes_a_small_png(format: str, mode: str) -> None:
    logo = logos.kept(picture(format, mode=mode))
    assert (logo.width, logo.height) == (512, 256)
    file = logos.path_of(logo.key)
    with Image.open(file) as made:
        assert (made.format, made.size) == ("PNG", (512, 256))
    assert logos.kept(picture(format, mode=mode)) == logo


def test_nothing_of_the_file_but_its_pixels_stays() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # turned by a quarter
    logo = logos.kept(picture("JPEG", exif=exif))
    assert (logo.width, logo.height) == (256, 512)
    assert b"secret" not in logos.path_of(logo.key).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"",
        picture("PNG")[:200],
        picture("GIF"),
        b"\x00" * (logos.MOST_BYTES + 1),
        picture("PNG", (10_000, 5_000)),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(content: bytes, settings: Any) -> None:
    with pytest.raises(UserError) as refused:
        logos.kept(content)
    assert set(refused.value.fields) == {"logo"}
    assert not list(Path(settings.DATA).glob("logos/*"))


@pytest.mark.django_db
def test_a_file_goes_with_the_last_community_that_has_it() -> None:
    logo = logos.kept(picture("PNG"))
    make_community(logo=logo.key)
    logos.forget(logo.key)
    assert logos.path_of(logo.key).exists()
    other = logos.kept(picture("PNG", (10, 10)))
    logos.forget(other.key)
    assert not logos.path_of(other.key).exists()

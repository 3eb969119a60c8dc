"""Fetching by address: from the open internet only, limited, resumed, and with words for whatever goes wrong."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recordings.assets.fetching import Part, fetch
from seminars.elsewhere import addresses, asking
from seminars.elsewhere.asking import Interrupted, Refused
from tests.recordings.conftest import Remote, also_loopback, whole

BODY = bytes(range(256)) * 1000
LIMIT = 10**6


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "part"


def get(url: str, target: Path, part: Part | None = None, **options: Any) -> tuple[Part, list[Part]]:
    seen: list[Part] = []
    options = {"limit": LIMIT, "rule": also_loopback, "progress": seen.append} | options
    return fetch(url=url, target=target, part=part or Part(), **options), seen


def test_a_file_arrives_whole_with_its_progress(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY)
    part, seen = get(remote.url("/a.mp4"), target)
    assert target.read_bytes() == BODY
    assert part == Part(len(BODY), len(BODY), '"one"')
    assert [p.done for p in seen] == [65536, 131072, 196608, 256000]


def test_the_rest_comes_after_the_line_dropped(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY, drop_after=150_000)
    seen: list[Part] = []
    with pytest.raises(Interrupted, match="dropped"):
        fetch(
            url=remote.url("/a.mp4"),
            target=target,
            part=Part(),
            limit=LIMIT,
            progress=seen.append,
            rule=also_loopback,
        )
    assert 0 < seen[-1].done <= 150_000
    remote.gives("/a.mp4", BODY)
    part, _seen = get(remote.url("/a.mp4"), target, seen[-1])
    assert target.read_bytes() == BODY
    assert part.done == len(BODY)
    assert remote.asked[1]["Range"] == f"bytes={seen[-1].done}-"
    assert remote.asked[1]["If-Range"] == '"one"'


@pytest.mark.parametrize("quirk", [{"etag": '"two"'}, {"ranges": False}])
def test_another_file_or_a_server_without_ranges_starts_over(
    quirk: dict[str, Any], remote: Remote, target: Path
) -> None:
    target.write_bytes(b"x" * 300_000)
    remote.gives("/a.mp4", BODY, **quirk)
    get(remote.url("/a.mp4"), target, Part(1000, None, '"one"'))
    assert target.read_bytes() == BODY


def test_a_server_that_ignores_if_range_cannot_mix_two_files(remote: Remote, target: Path) -> None:
    target.write_bytes(b"x" * 1000)

    def ignores(handler: Any) -> None:
        if "Range" in handler.headers:
            handler.headers.replace_header("If-Range", '"two"')
        whole(handler, BODY, etag='"two"')

    remote.answers["/a.mp4"] = ignores
    get(remote.url("/a.mp4"), target, Part(1000, None, '"one"'))
    assert target.read_bytes() == BODY
    assert len(remote.asked) == 2


def test_a_file_that_is_all_here_is_done(remote: Remote, target: Path) -> None:
    target.write_bytes(BODY)
    remote.gives("/a.mp4", BODY)
    part, _seen = get(remote.url("/a.mp4"), target, Part(len(BODY), len(BODY), '"one"'))
    assert part.done == len(BODY)
    assert target.read_bytes() == BODY


def test_a_416_with_another_length_starts_over(remote: Remote, target: Path) -> None:
    target.write_bytes(b"x" * (len(BODY) + 5))
    remote.gives("/a.mp4", BODY)
    get(remote.url("/a.mp4"), target, Part(len(BODY) + 5, None, '"one"'))
    assert target.read_bytes() == BODY


def test_without_a_validator_it_starts_over(remote: Remote, target: Path) -> None:
    target.write_bytes(b"x" * 1000)
    remote.gives("/a.mp4", BODY, etag="")
    part, _seen = get(remote.url("/a.mp4"), target, Part(1000, None, ""))
    assert target.read_bytes() == BODY
    assert part.validator == ""
    assert "Range" not in remote.asked[0]


def test_a_part_that_was_lost_from_disk_starts_over(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY)
    get(remote.url("/a.mp4"), target, Part(1000, None, '"one"'))
    assert target.read_bytes() == BODY


def test_too_much_is_refused_before_it_comes(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY)
    with pytest.raises(Refused, match="larger than 200,000 bytes"):
        get(remote.url("/a.mp4"), target, limit=200_000)
    assert not target.exists()


def test_too_much_without_a_length_is_refused_while_it_comes(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY, chunked=True)
    with pytest.raises(Refused, match="larger than"):
        get(remote.url("/a.mp4"), target, limit=200_000)
    assert target.stat().st_size <= 200_000
    get(remote.url("/a.mp4"), target)
    assert target.read_bytes() == BODY


def test_a_length_that_promises_too_much_is_a_dropped_line(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY, length=len(BODY) + 100)
    with pytest.raises(Interrupted):
        get(remote.url("/a.mp4"), target)


def test_a_chunked_body_that_stops_is_a_dropped_line(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY, chunked=True, drop_after=100_000)
    with pytest.raises(Interrupted):
        get(remote.url("/a.mp4"), target)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (404, Refused, "no file at this address"),
        (403, Refused, "not open to everybody"),
        (503, Interrupted, "busy"),
        (418, Refused, "cannot be used"),
    ],
)
def test_other_answers_are_told(
    status: int, error: type[Exception], said: str, remote: Remote, target: Path
) -> None:
    remote.gives("/a.mp4", b"sorry", status=status)
    with pytest.raises(error, match=said):
        get(remote.url("/a.mp4"), target)


def test_a_web_page_is_refused(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", b"<html>", content_type="text/html; charset=utf-8")
    with pytest.raises(Refused, match="leads to a web page"):
        get(remote.url("/a.mp4"), target)


def test_nobody_listening_is_told(target: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(Interrupted, match="did not answer"):
            get(url, target)


def test_a_name_that_does_not_exist_is_told(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(addresses, "resolve", unknown)
    with pytest.raises(Interrupted, match="name is not known"):
        get("http://no.such.example/", target)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "https://",
        "//example.org/a",
        "example.org",
        "http://a b/",
        "http://[::1/",
    ],
)
def test_only_web_addresses(url: str, target: Path) -> None:
    with pytest.raises(Refused, match="begins with https"):
        get(url, target)


def test_a_password_in_the_address_is_refused(target: Path) -> None:
    with pytest.raises(Refused, match="name or password"):
        get("https://me:secret@example.org/a", target)


# --- Who may be connected to --------------------------------------------------------------------------------------
def test_loopback_is_refused_by_the_real_rule(remote: Remote, target: Path) -> None:
    remote.gives("/a.mp4", BODY)
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        with pytest.raises(Refused, match="private network"):
            get(remote.url("/a.mp4", host), target, rule=addresses.is_public)
    assert remote.asked == []


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[fe80::1]", "[fd00::1]"])
def test_a_redirect_into_a_private_network_is_refused(host: str, remote: Remote, target: Path) -> None:
    remote.redirects("/a.mp4", f"http://{host}/latest/meta-data/")
    with pytest.raises(Refused, match="private network"):
        get(remote.url("/a.mp4"), target)


def test_a_redirect_to_loopback_is_refused(
    remote: Remote, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first connection is let through by hand, as if it were public; the one after the redirect is not."""
    remote.redirects("/a.mp4", remote.url("/secret"))
    asked: list[str] = []

    def rule(address: Any) -> bool:
        asked.append(str(address))
        return len(asked) == 1 or addresses.is_public(address)

    with pytest.raises(Refused, match="private network"):
        get(remote.url("/a.mp4"), target, rule=rule)
    assert asked == ["127.0.0.1", "127.0.0.1"]
    assert len(remote.asked) == 1


def test_a_redirect_to_another_scheme_is_refused(remote: Remote, target: Path) -> None:
    remote.redirects("/a.mp4", "file:///etc/passwd")
    with pytest.raises(Refused, match="begins with https"):
        get(remote.url("/a.mp4"), target)


def test_redirects_are_followed_five_times(remote: Remote, target: Path) -> None:
    for n in range(6):
        remote.redirects(f"/{n}", f"/{n + 1}")
    remote.gives("/6", BODY)
    with pytest.raises(Refused, match="without an end"):
        get(remote.url("/0"), target)
    get(remote.url("/1"), target)
    assert target.read_bytes() == BODY


def test_a_name_is_resolved_once_and_that_address_is_used(
    remote: Remote, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name is public when looked at, and would be loopback when asked again."""
    remote.gives("/a.mp4", BODY)
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_args: Any, **_named: Any) -> socket.socket:
        connected.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(addresses, "resolve", lambda host, port: answers.pop(0))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Interrupted):
        get(remote.url("/a.mp4", "rebind.example"), target, rule=addresses.is_public)
    assert connected == [("93.184.215.14", remote.port)]
    assert remote.asked == []


def test_one_private_address_among_public_ones_is_refused(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["93.184.215.14", "192.168.1.1"])
    with pytest.raises(Refused, match="private network"):
        get("http://both.example/a.mp4", target, rule=addresses.is_public)


def test_the_name_stays_in_the_request(remote: Remote, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote.gives("/a.mp4", BODY)
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["127.0.0.1"])
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    get(remote.url("/a.mp4", "media.example"), target)
    assert remote.asked[0]["Host"] == f"media.example:{remote.port}"


# --- Certificates -------------------------------------------------------------------------------------------------
def certificate(folder: Path, name: str) -> Path:
    """A key with a certificate for `name` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.PrivateFormat.PKCS8
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, pem, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "error"),
    [
        ("media.example", True, None),
        ("media.example", False, "certificate is not valid"),
        ("other.example", True, "certificate is not valid"),
    ],
)
def test_the_certificate_must_be_the_names(
    host: str,
    trusted: bool,
    error: str | None,
    remote: Remote,
    target: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection goes to the address that was looked at; the name is still what the server must prove."""
    both = certificate(tmp_path, "media.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    remote.server.socket = context.wrap_socket(remote.server.socket, server_side=True)
    remote.gives("/a.mp4", BODY)
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["127.0.0.1"])
    if trusted:
        made = addresses.session

        def session(rule: Any) -> Any:
            found = made(rule)
            found.verify = str(both)
            return found

        monkeypatch.setattr(asking, "session", session)
    url = f"https://{host}:{remote.port}/a.mp4"
    if error:
        with pytest.raises(Refused, match=error):
            get(url, target)
        assert remote.asked == []
    else:
        get(url, target)
        assert target.read_bytes() == BODY
    assert asked == [host]

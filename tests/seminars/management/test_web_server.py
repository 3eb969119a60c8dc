"""Where the web server is bound, and what its address is then."""

import pytest
from django.core.management import CommandError

from seminars.management import web_server


@pytest.mark.parametrize(
    ("bind", "host", "port", "address"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("localhost:80", "localhost", 80, "http://localhost"),
        ("0.0.0.0:8080", "0.0.0.0", 8080, "http://127.0.0.1:8080"),
        ("[::1]:8000", "::1", 8000, "http://[::1]:8000"),
        ("[::]:8000", "::", 8000, "http://[::1]:8000"),
    ],
)
def test_a_bind_has_an_address(bind: str, host: str, port: int, address: str) -> None:
    assert web_server.parse(bind) == (host, port)
    assert web_server.address(host, port) == address


@pytest.mark.parametrize(
    "bind",
    [
        "",
        "8000",
        ":8000",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:70000",
        "a b:80",
        "http://x:80",
        "::1:80",
        "x:٨٠",
    ],
)
def test_a_malformed_bind_says_what_to_type(bind: str) -> None:
    with pytest.raises(CommandError, match="must be HOST:PORT, such as 127"):
        web_server.parse(bind)


def test_a_taken_port_is_refused_and_a_free_one_listens() -> None:
    with web_server.listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} of 127.0.0.1 is taken"):
            web_server.listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(CommandError, match="is not an address of this machine"):
        web_server.listen(host, 8000)

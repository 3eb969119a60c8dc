"""Connects to public addresses only, and to exactly the address that was looked at.

A name is resolved once for each connection; every address it has must pass the rule, and the connection goes to one of
them, with the name kept for Host, SNI and the certificate. So a name that answers differently the second time (DNS
rebinding) gains nothing: there is no second time.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.retry import Retry

from seminars.elsewhere.patience import watch

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Rule = Callable[[Address], bool]

# Networks that lead to other addresses, or that Python counts as public on some versions.
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # RFC 6890
        "192.88.99.0/24",  # RFC 7526: 6to4 relays
        "::/96",  # RFC 4291: IPv4-compatible
        "::ffff:0:0/96",  # RFC 4291: IPv4-mapped
        "::ffff:0:0:0/96",  # RFC 2765: IPv4-translated
        "64:ff9b::/96",  # RFC 6052: NAT64
        "64:ff9b:1::/48",  # RFC 8215: NAT64, local
        "100::/64",  # RFC 6666: discard
        "2001::/23",  # RFC 2928: Teredo, benchmarking, ORCHID
        "2002::/16",  # RFC 3056: 6to4
        "3fff::/20",  # RFC 9637: documentation
        "5f00::/16",  # RFC 9602: segment routing
        "fec0::/10",  # RFC 3879: site-local
    )
]


class NotPublic(Exception):
    """The name leads to an address inside somebody's network."""


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the open internet (IANA's special-purpose registries, RFC 6890)."""
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    if special or address.is_link_local or address.is_private or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC if network.version == address.version)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, port: int, rule: Rule) -> list[str]:
    """Return the addresses of a host. Raises NotPublic if any of them fails the rule, OSError if there is none."""
    addresses = resolve(host, port)
    for text in addresses:
        if not rule(ipaddress.ip_address(text.partition("%")[0])):
            raise NotPublic(host)
    return addresses


def connect(connection: HTTPConnection, rule: Rule) -> socket.socket:
    """Return a socket to an address of the connection's host that passes the rule."""
    try:
        addresses = checked(connection._dns_host, connection.port, rule)
    except OSError as wrong:
        raise NameResolutionError(connection.host, connection, wrong) from wrong  # type: ignore[arg-type]
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            line = socket.create_connection((address, connection.port), connection.timeout)
        except TimeoutError as wrong:
            raise ConnectTimeoutError(connection, f"{connection.host} did not answer") from wrong
        except OSError as wrong:
            failure = wrong
        else:
            watch(line)
            return line
    raise NewConnectionError(connection, str(failure)) from failure


def pools(rule: Rule) -> dict[str, type[HTTPConnectionPool]]:
    """Return the connection pools, by scheme, whose every new connection obeys the rule."""

    class CheckedConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, rule)

    class CheckedTLSConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self, rule)

    class Pool(HTTPConnectionPool):
        ConnectionCls = CheckedConnection

    class TLSPool(HTTPSConnectionPool):
        ConnectionCls = CheckedTLSConnection

    return {"http": Pool, "https": TLSPool}


class CheckingAdapter(HTTPAdapter):
    """Sends requests over connections that obey the rule; never through a proxy, never a second time by itself."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(max_retries=Retry(0, redirect=False))

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """Make the pool manager, with our pools."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = pools(self.rule)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Refuse: a proxy would resolve the name for itself."""
        raise NotPublic(proxy)


def session(rule: Rule) -> Session:
    """Return a session for http and https that obeys the rule and takes nothing from the environment."""
    made = Session()
    made.trust_env = False  # no proxies, no .netrc
    made.adapters.clear()
    for scheme in ("http://", "https://"):
        made.mount(scheme, CheckingAdapter(rule))
    return made

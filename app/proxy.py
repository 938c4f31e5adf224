"""What a proxy in front says about a request: believed only from the proxies that the settings name."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Network = IPv4Network | IPv6Network

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
    "HTTP_X_REAL_IP",
)
"""What proxies add to a request that they hand on."""
RELAYED = "cleanwatch.relayed"
"""In the request's environment: somebody hands it on whose word is not taken, so nobody knows from where it comes."""


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError in words."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def behind(application: Application, trusted: Sequence[Network]) -> Application:
    """The application, told the address and scheme of who asks: from the last proxy, if that is a trusted one.

    From anybody else such headers are dropped: an address that somebody gives himself is none.
    """
    told = ProxyFix(application, x_for=1, x_proto=1)

    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if _is_among(environ.get("REMOTE_ADDR", ""), trusted):
            return told(environ, start)
        given = [name for name in FORWARDED if environ.pop(name, None) is not None]
        environ[RELAYED] = bool(given)
        return application(environ, start)

    return answer


def _is_among(address: str, networks: Sequence[Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)

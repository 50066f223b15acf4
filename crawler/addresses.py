"""Which network addresses may be reached, and a resolver that lets no other through.

The check stands where a name becomes an address, after every redirect and for every notation (127.1, hexadecimal,
decimal, octal, IPv6-mapped), so what is checked is what is connected to.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Sequence
from typing import Any

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer, provider

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an IP address, in its plain notation, is one of the public internet.

    IPv4 addresses carried inside IPv6 (mapped, 6to4, Teredo, NAT64) are judged by the address they carry.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        carried = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            carried.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(str(inner)) for inner in carried):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast


refused: set[str] = set()
"""Host names that this process was asked for and that led to a private address."""


@implementer(IHostnameResolver)
class PublicResolver(CachingHostnameResolver):
    """Resolves names to public addresses only, save for the exact `host:port` pairs of `ALLOW_PRIVATE`."""

    def __init__(self, reactor: Any, cache_size: int, allow_private: Collection[str]) -> None:
        super().__init__(reactor, cache_size)
        self._allow_private = frozenset(allow_private)

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        """Make the resolver of a crawl process from its settings."""
        settings = crawler.settings
        return cls(reactor, settings.getint("DNSCACHE_SIZE"), settings.getlist("ALLOW_PRIVATE"))

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name as Twisted asks it; private addresses are left out and the name is noted as refused."""
        receiver: Any = resolutionReceiver
        if f"{hostName}:{portNumber}" not in self._allow_private:
            receiver = _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@provider(IResolutionReceiver)
class _PublicOnly:
    def __init__(self, receiver: Any, name: str) -> None:
        self._receiver = receiver
        self._name = name

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            refused.add(self._name)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()

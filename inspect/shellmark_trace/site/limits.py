"""How often an address may ask: a bucket of tokens each, in bounded memory, and never on disk."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_ADDRESSES = 50_000
"""Addresses remembered; the one that was quiet for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, then `per_s` a second."""

    burst: float
    per_s: float


PAGES = Rate(120, 4.0)
"""Pages and pictures: many phones share one address in China's mobile networks."""

MISSES = Rate(20, 0.1)
"""Codes nobody uploaded, and logins that fail: a person misreads a few, a guesser thousands."""


class Limit:
    """The buckets of one rate."""

    def __init__(self, rate: Rate, most: int = MOST_ADDRESSES) -> None:
        self._rate = rate
        self._most = most
        self._turn = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, now_s: float) -> bool:
        """Take a token of the address; whether it had one. `now_s` is a clock that does not jump."""
        with self._turn:
            left = self._fill(address, now_s)
            self._left[address] = (max(left - 1, 0.0) if left >= 1 else left, now_s)
            self._left.move_to_end(address)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            return left >= 1

    def is_spent(self, address: str, now_s: float) -> bool:
        """Whether the address has no token left; takes none."""
        with self._turn:
            return self._fill(address, now_s) < 1

    def wait_s(self) -> int:
        """Seconds after which a spent bucket has a token again, for `Retry-After`."""
        return max(1, round(1 / self._rate.per_s))

    def _fill(self, address: str, now_s: float) -> float:
        left, then_s = self._left.get(address, (self._rate.burst, now_s))
        return min(self._rate.burst, left + (now_s - then_s) * self._rate.per_s)


def bucket_of(host: str) -> str:
    """What an address counts as: itself, or its /64 for IPv6, where a customer has 2^64 of them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Recent:
    """Which token a phone without a cookie was given a moment ago, so that a request sent twice is one device.

    On a bad network a browser asks again before the first answer, and its cookie, has come. The token itself is never
    given twice: the second one takes the first one's place, and where it was another phone after all, the first is a
    stranger the next time. Once a cookie comes back, its phone is known and nothing takes its place.
    """

    def __init__(self, keep_s: float = 20.0, most: int = 10_000) -> None:
        self._keep_s = keep_s
        self._most = most
        self._turn = threading.Lock()
        self._given: OrderedDict[tuple[str, ...], tuple[float, str]] = OrderedDict()

    def give(self, who: tuple[str, ...], token: str, now_s: float) -> str | None:
        """Note the token given to `who`; the one given in the last 20 seconds, which it replaces, or None."""
        with self._turn:
            given_s, before = self._given.pop(who, (0.0, ""))
            self._given[who] = (now_s, token)
            if len(self._given) > self._most:
                self._given.popitem(last=False)
        return before if before and now_s - given_s <= self._keep_s else None

    def came_back(self, who: tuple[str, ...], token: str) -> None:
        """The phone has its cookie."""
        with self._turn:
            if self._given.get(who, (0.0, ""))[1] == token:
                del self._given[who]

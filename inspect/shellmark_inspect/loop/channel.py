"""A bounded channel between two threads that either end can close: no sentinels, no polling, no sleeps."""

from __future__ import annotations

from collections import deque
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class ChannelClosed(Exception):
    """The channel is closed, and for `get` also empty."""


class Channel(Generic[T]):
    """Up to `capacity` items on their way from any thread to any other, first in, first out."""

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a channel holds at least one item")
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = Condition()

    def put(self, item: T) -> None:
        """Hand an item over, waiting for room.

        Raises:
            ChannelClosed: the channel is closed; the item was not taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._items) < self._capacity)
            if self._closed:
                raise ChannelClosed
            self._items.append(item)
            self._changed.notify_all()

    def get(self, timeout_s: float | None = None) -> T | None:
        """The next item; None when `timeout_s` passed without one.

        Raises:
            ChannelClosed: the channel is closed and every item was taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._items, timeout_s)
            if self._items:
                item = self._items.popleft()
                self._changed.notify_all()
                return item
            if self._closed:
                raise ChannelClosed
            return None

    def close(self) -> None:
        """Take no further item; what is inside can still be taken out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._items)

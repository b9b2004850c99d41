"""A Zebra, or a printer that speaks as one, on its raw TCP port.

The port acknowledges nothing: that a job was taken does not say that a label came out. The odometer and the camera
that reads the label back say that. A spooler is no way round this: with the printer away it keeps the job and prints it
later, on another case.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from shellmark_trace.errors import PrinterError
from shellmark_trace.labels import label_zpl

from .settings import PrinterSettings

PORT = 9100
ODOMETER = b'! U1 getvar "odometer.total_label_count"\r\n'
"""Labels over the printer's life, without form feeds and calibration labels (Zebra's Set-Get-Do guide).
`odometer.user_label_count` can be set back and is not asked."""

_ANSWER = re.compile(rb'"(\d{1,18})"')
_ANSWER_BYTES = 256


class ZebraSettings(PrinterSettings):
    """Where the printer is, its resolution (203, 300 or 600 dpi), and how long it may take to answer."""

    kind: Literal["zebra"] = "zebra"
    host: str = Field(min_length=1)
    port: int = Field(default=PORT, ge=1, le=65_535)
    connect_s: float = Field(default=2.0, gt=0, le=60)
    answer_s: float = Field(default=2.0, gt=0, le=60)


class Zebra:
    """One printer at a host and port; every job and every question has a connection of its own."""

    def __init__(self, host: str, port: int = PORT, *, dpi: int = 300, connect_s: float = 2.0,
                 answer_s: float = 2.0) -> None:  # fmt: skip
        """Name the printer; nothing is connected before something is asked or printed."""
        self._address = (host, port)
        self._dpi = dpi
        self._connect_s = connect_s
        self._answer_s = answer_s

    @classmethod
    def of(cls, settings: ZebraSettings) -> Self:
        """The printer that settings name."""
        return cls(
            settings.host,
            settings.port,
            dpi=settings.dpi,
            connect_s=settings.connect_s,
            answer_s=settings.answer_s,
        )

    def __str__(self) -> str:
        return f"label printer {self._place}"

    @property
    def _place(self) -> str:
        return "{}:{}".format(*self._address)

    @property
    def dots_per_mm(self) -> float:
        """Dots a millimetre: 11.811 at 300 dpi."""
        return self._dpi / 25.4

    def odometer(self) -> int:
        """Labels printed over the printer's whole life.

        Raises:
            PrinterError: it is away, does not answer in time, or answers something else than a number.
        """
        with self._connected() as connection:
            connection.sendall(ODOMETER)
            answer, deadline = b"", time.monotonic() + self._answer_s
            while not (found := _ANSWER.search(answer)):
                chunk = connection.recv(_ANSWER_BYTES)
                answer += chunk
                connection.settimeout(max(deadline - time.monotonic(), 0.001))  # of the whole answer
                if not chunk or b"?" in answer or len(answer) > _ANSWER_BYTES:
                    raise PrinterError(
                        "label printer {place} answers {answer!r} when asked for its odometer: it must be a Zebra, or "
                        "speak Set-Get-Do as one",
                        place=self._place,
                        answer=answer[:40],
                    )
        return int(found[1])

    def print(self, picture: NDArray[np.bool_]) -> None:
        """Hand one label over as one job of quantity 1; (height, width) dots, True is black.

        Raises:
            PrinterError: it is away, or the job could not be handed over whole; a label may have come out all the same.
            LabelError: the picture is no label.
        """
        job = label_zpl(picture)
        with self._connected() as connection:
            connection.sendall(job)
            connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Nothing is held between jobs."""

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with socket.create_connection(self._address, self._connect_s) as connection:
                connection.settimeout(self._answer_s)
                yield connection
        except OSError as e:
            why = "no answer in time" if isinstance(e, TimeoutError) else e.strerror or str(e)
            raise PrinterError(
                "label printer {place}: {why}: see that it is on, has labels and is on the network",
                place=self._place,
                why=why,
            ) from e

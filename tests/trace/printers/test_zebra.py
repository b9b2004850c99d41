"""The printer on TCP 9100, against an emulator that loses, doubles, delays, lies and goes away."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import sys
import threading
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from shellmark_trace import LabelError, PrinterError
from shellmark_trace.labels import label_zpl
from shellmark_trace.printers import Zebra


def _load() -> ModuleType:
    path = Path(__file__).with_name("emulator.py")
    spec = importlib.util.spec_from_file_location("label_printer_emulator", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


emulator = _load()
Emulator, EmulatorProcess, Faults = emulator.Emulator, emulator.EmulatorProcess, emulator.Faults


def picture(seed: int = 0, height: int = 50, width: int = 77) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width)) < 0.3


def test_a_label_comes_out_as_drawn_once_and_is_counted() -> None:
    with Emulator() as printer:
        zebra = Zebra(printer.host, printer.port)
        before = zebra.odometer()
        for seed in range(3):
            zebra.print(picture(seed))
        printer.wait(3)
        assert zebra.odometer() == before + 3
        for seed, printed in enumerate(printer.pictures):
            np.testing.assert_array_equal(printed[:, :77], picture(seed))
        assert printer.without_jzn == 0
        printer.open_head()
        assert len(printer.pictures) == 3  # ^JZN keeps it from coming again
        zebra.close()
        zebra.close()


def test_a_format_without_jzn_comes_again_after_head_open_and_after_power_off_jz_is_on_again() -> None:
    with Emulator() as printer:
        for drop in (b"^JZN", b""):
            with socket.create_connection((printer.host, printer.port)) as link:
                link.sendall(label_zpl(picture()).replace(drop, b""))
            printer.wait(1 if drop else 3)
            printer.open_head()
        assert len(printer.pictures) == 3  # 1 and its reprint, then 1 that said ^JZN
        assert printer.without_jzn == 1
        printer.power_cycle()
        printer.open_head()
        assert len(printer.pictures) == 4


@pytest.mark.parametrize(("faults", "labels"), [({"lose": 1.0}, 0), ({"double": 1.0}, 2), ({"late": 1.0}, 2)])
def test_the_odometer_tells_a_lost_and_a_doubled_label(faults: dict[str, float], labels: int) -> None:
    with Emulator(faults=Faults(**faults)) as printer:
        zebra = Zebra(printer.host, printer.port)
        before = zebra.odometer()
        zebra.print(picture())
        printer.wait(labels)
        assert zebra.odometer() - before == labels
        assert len(printer.jobs) == 1 or not labels


def test_a_printer_that_is_away_stalls_or_answers_nonsense_is_told_in_one_line() -> None:
    with Emulator(faults=Faults(offline=True)) as printer:
        printer.faults = Faults(offline=True)
        zebra = Zebra(printer.host, printer.port, connect_s=0.3, answer_s=0.2)
        for ask in (zebra.odometer, lambda: zebra.print(picture())):
            with pytest.raises(PrinterError, match=f"{printer.port}.*see that it is on"):
                ask()
        printer.faults = Faults()
        zebra.print(picture())
        printer.wait(1)
    with socket.create_server(("127.0.0.1", 0)) as stalled:
        silent = Zebra("127.0.0.1", stalled.getsockname()[1], answer_s=0.2)
        with pytest.raises(PrinterError, match="no answer in time"):
            silent.odometer()
        with pytest.raises(PrinterError, match="no answer in time"):  # the job does not fit what the printer takes in
            silent.print(np.ones((30_000, 4_000), np.bool_))


@pytest.mark.parametrize("answer", [b'"?"', b"", b"x" * 300])
def test_an_answer_that_is_no_number_is_refused(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            link, _ = server.accept()
            with link:
                link.recv(1000)
                link.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(PrinterError, match="odometer"):
            Zebra("127.0.0.1", server.getsockname()[1]).odometer()
        thread.join()


def test_an_answer_that_drips_is_waited_for_no_longer_than_one_that_never_comes() -> None:
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b'"')
            with contextlib.suppress(OSError):
                while not stop.wait(0.1):
                    connection.sendall(b"1")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        begun = time.monotonic()
        with pytest.raises(PrinterError, match="no answer in time"):
            Zebra("127.0.0.1", server.getsockname()[1], answer_s=0.5).odometer()
        took_s = time.monotonic() - begun
        stop.set()
        thread.join()
    assert took_s < 5


def test_a_lie_of_the_odometer_is_one_off() -> None:
    with Emulator(faults=Faults(lie=1.0)) as printer:
        assert abs(Zebra(printer.host, printer.port).odometer() - printer.count) == 1


def test_a_delayed_label_comes_later_and_a_torn_job_never() -> None:
    with Emulator(faults=Faults(delay_s=0.15)) as printer:
        zebra = Zebra(printer.host, printer.port)
        before = zebra.odometer()
        zebra.print(picture())
        assert zebra.odometer() == before
        printer.wait(1)
        with socket.create_connection((printer.host, printer.port)) as link:
            link.sendall(label_zpl(picture())[:-10])
        zebra.print(picture(1))
        printer.wait(2)
        assert len(printer.jobs) == 2


def test_the_process_outlives_its_guests_and_keeps_its_odometer(tmp_path: Path) -> None:
    with EmulatorProcess(tmp_path / "printer") as printer:
        zebra = Zebra(printer.host, printer.port)
        before = zebra.odometer()
        zebra.print(picture())
        assert zebra.odometer() == before + 1 == printer.count
        printer.reprint()
        printer.tell(Faults(lose=1.0))
        zebra.print(picture())
        zebra.odometer()
        assert printer.facts() == {"jobs": 2, "without_jzn": 0, "torn": 0}
    with EmulatorProcess(tmp_path / "printer") as printer:
        assert Zebra(printer.host, printer.port).odometer() == before + 2
        np.testing.assert_array_equal(printer.pictures[0][:, :77], picture())
        assert len(printer.pictures) == 2


@pytest.mark.parametrize("wrong", [np.zeros((0, 5), np.bool_), np.zeros((5, 5), np.uint8), np.zeros(5, np.bool_)])
def test_what_is_no_label_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(LabelError, match="is no label"):
        label_zpl(wrong)

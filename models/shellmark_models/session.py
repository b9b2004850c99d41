"""The only importer of onnxruntime: opens a network, runs it, maps its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from shellmark_models.errors import BundleError, InferenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROVIDER = "CPUExecutionProvider"
RUNTIME: str = onnxruntime.__version__
_FATAL = 4  # onnxruntime's log level: what fails comes as an exception, and would be said twice


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """How a session runs: provider, threads (0 = one per core), whether it keeps freed memory."""

    provider: str
    threads: int
    arena: bool
    runtime: str


class Session:
    """One network held by onnxruntime on the processor.

    onnxruntime's arena never gives memory back while a session lives and grows with the largest shape seen, so
    tiles must come in batches of one size; ``arena=False`` trades speed for memory returned after every run.
    """

    __slots__ = ("_only_asked", "_session", "facts", "source")

    def __init__(self, data: bytes, *, source: str, threads: int = 0, arena: bool = True) -> None:
        """Opens the network in ``data``; raises BundleError naming ``source``."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL
        options.enable_cpu_mem_arena = arena
        # Waiting threads sleep instead of spinning: the cameras and the screen share these cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session: Any = onnxruntime.InferenceSession(data, options, providers=[PROVIDER])
        except Exception as e:  # onnxruntime's errors share no other base
            raise BundleError(f"{source}: onnxruntime refuses the network: {_first_line(e)}; export it again") from e
        self._only_asked = onnxruntime.RunOptions()
        self._only_asked.only_execute_path_to_fetches = True
        self._only_asked.log_severity_level = _FATAL
        self.source = source
        self.facts = SessionFacts(PROVIDER, threads, arena, RUNTIME)

    @property
    def inputs(self) -> dict[str, tuple[str, tuple[int | str | None, ...]]]:
        """Name of each input: its type and shape."""
        return {i.name: (i.type, tuple(i.shape)) for i in self._open().get_inputs()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(o.name for o in self._open().get_outputs())

    def run(self, outputs: Sequence[str], feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """Computes the outputs asked for and nothing else; raises InferenceError."""
        session = self._open()
        try:
            arrays: list[NDArray[Any]] = session.run(list(outputs), dict(feeds), self._only_asked)
        except Exception as e:  # onnxruntime's errors share no other base
            shapes = {name: (str(value.dtype), value.shape) for name, value in feeds.items()}
            raise InferenceError(f"{self.source}: run failed on {shapes}: {_first_line(e)}") from e
        return arrays

    def warm_up(self, outputs: Sequence[str], feeds: Mapping[str, NDArray[Any]]) -> None:
        """Runs once for nothing, so that the first case is as fast as the others."""
        self.run(outputs, feeds)

    def require_open(self) -> None:
        """Raises InferenceError when the session was closed."""
        self._open()

    def close(self) -> None:
        """Frees the network; later runs raise InferenceError. Closing twice is harmless."""
        self._session = None

    def _open(self) -> Any:
        if self._session is None:
            raise InferenceError(f"{self.source}: the model was closed; load it again")
        return self._session


def require_planes(image: NDArray[np.uint8], mask: NDArray[np.bool_] | None, source: str, planes: int = 3) -> None:
    """Raises InferenceError when a view is not uint8 (h, w, planes), or its mask not bool of that size."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != planes or not image.size:
        raise InferenceError(f"{source}: wanted a uint8 view (h, w, {planes}), got {image.dtype} {image.shape}")
    if mask is not None and (mask.dtype != np.bool_ or mask.shape != image.shape[:2]):
        raise InferenceError(f"{source}: wanted a bool mask {image.shape[:2]}, got {mask.dtype} {mask.shape}")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def finite(array: NDArray[np.float32], source: str) -> NDArray[np.float32]:
    """The array itself; raises InferenceError when any number in it is not finite."""
    if not np.isfinite(array).all():
        raise InferenceError(f"{source}: the network answered with numbers that are not finite; check the model")
    return array

"""What every wire of a simulated reader can do: be plugged, bring the host's bytes, carry an answer piece by piece."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class UnpluggedError(Exception):
    """The reader is not plugged in (any more)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of bytes that the module says in one breath.

    Attributes:
        data: the bytes.
        offset: where in its frame the run begins; None for bytes that belong to no frame.
        pause_s: silence before it.
        is_whole: whether the line delivers it as one piece.
    """

    data: bytes
    offset: int | None = 0
    pause_s: float = 0.0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """What reaches the host at one moment; `wire_s` is how long its bytes were on the line."""

    data: bytes
    wire_s: float = 0.0
    endpoint: int = 0


class Wire(ABC):
    """One way to reach the reader.  All methods but `address` belong to the reader's thread.

    Attributes:
        inbox: what the host said at the right speed and the module has not yet taken.
        garbled_bytes: how much it said at a wrong one.
        baud: the module's speed.
        is_plugged: whether the reader is plugged in.
    """

    def __init__(self, baud: int) -> None:
        self.inbox = bytearray()
        self.garbled_bytes = 0
        self.baud = baud
        self.is_plugged = False

    @property
    @abstractmethod
    def address(self) -> str:
        """The address to give to the driver; it never changes."""

    @abstractmethod
    def watched(self) -> list[int]:
        """The descriptors on which the host may be heard."""

    @abstractmethod
    def serve(self, ready: Collection[int]) -> None:
        """Hear what there is to hear on these descriptors; never waits."""

    @property
    def next_s(self) -> float | None:
        """When `serve` must be called at the latest though nothing was heard, in monotonic seconds."""
        return None

    @abstractmethod
    def plug(self, *, other_name: bool) -> None:
        """Plug the reader in."""

    @abstractmethod
    def unplug(self) -> None:
        """Pull the reader out."""

    @abstractmethod
    def chunks(self, segment: Segment) -> Iterator[Chunk]:
        """Cut a segment as this line delivers it."""

    @abstractmethod
    def write(self, chunk: Chunk) -> None:
        """Deliver a chunk; bytes that nobody takes are lost, as on a real line."""

    @contextmanager
    def intruded(self, mode: str) -> Iterator[None]:
        """Let another program do what `mode` says with what is said meanwhile, on a line that allows one."""
        del mode
        yield

    @abstractmethod
    def close(self) -> None:
        """Pull the reader out for good and remove what it left in the file system."""

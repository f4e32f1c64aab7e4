"""A process under ptrace: what it writes, when it makes that durable, and killed at any such call.

Linux on x86-64 and aarch64. For one program that has a single thread: it forks itself, and looks
at what its child does.
"""

import ctypes
import os
import platform
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_TRACEME, _SYSCALL, _SETOPTIONS, _GET_INFO = 0, 24, 0x4200, 0x420E
_SYSGOOD_AND_EXITKILL = 0x1 | 0x100000
_ENTRY, _EXIT = 1, 2
_NUMBERS = {
    "x86_64": {
        18: "pwrite",
        1: "write",
        74: "sync",
        75: "sync",
        77: "truncate",
        87: "unlink",
        263: "unlink",
    },
    "aarch64": {68: "pwrite", 64: "write", 82: "sync", 83: "sync", 46: "truncate", 35: "unlink"},
}
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_LIBC.ptrace.restype = ctypes.c_long


class _Info(ctypes.Structure):
    """struct ptrace_syscall_info, as far as entries and exits need it."""

    _fields_ = (
        ("op", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 3),
        ("arch", ctypes.c_uint32),
        ("at", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("first", ctypes.c_int64),  # the number at an entry, the result at an exit
        ("args", ctypes.c_uint64 * 7),
    )


class Kind(Enum):
    """What a call does to a file, or to the pipe on which the program acknowledges."""

    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    UNLINK = "unlink"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True)
class Call:
    """One call that succeeded. `data` at `offset`; a truncation's `offset` is the new size."""

    kind: Kind
    path: str = ""
    offset: int = 0
    data: bytes = b""


def traced(work: Callable[[int], None], *, kill_at: int | None = None) -> list[Call]:
    """Do the work in a child, given a pipe to acknowledge on; what it did to files, in order.

    With `kill_at` it is killed when it is about to do the call of that number, and the list
    ends there.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _LIBC.ptrace(_TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            work(writer)
        finally:
            os._exit(0)
    os.close(writer)
    try:
        return list(_watch(child, writer, kill_at))
    finally:
        os.close(reader)


def _watch(child: int, pipe: int, kill_at: int | None) -> Iterator[Call]:
    os.waitpid(child, 0)
    _ptrace(_SETOPTIONS, child, _SYSGOOD_AND_EXITKILL)
    numbers, seen, begun = _NUMBERS[platform.machine()], 0, None
    while True:
        _ptrace(_SYSCALL, child, 0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSTOPPED(status):
            return
        info = _Info()
        _LIBC.ptrace(_GET_INFO, child, ctypes.sizeof(info), ctypes.byref(info))
        if info.op == _ENTRY:
            begun = _call(child, numbers.get(info.first, ""), info.args, pipe)
            if begun is not None:
                if seen == kill_at:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    return
                seen += 1
        elif info.op == _EXIT and begun is not None and info.first >= 0:
            yield begun
            begun = None


def _call(child: int, name: str, args: ctypes.Array, pipe: int) -> Call | None:
    if name == "write":
        return Call(Kind.ACKNOWLEDGE) if args[0] == pipe else None
    if name == "pwrite":
        data = _memory(child, args[1], args[2])
        return Call(Kind.WRITE, _path(child, args[0]), args[3], data)
    if name == "truncate":
        return Call(Kind.TRUNCATE, _path(child, args[0]), args[1])
    if name == "sync":
        return Call(Kind.SYNC, _path(child, args[0]))
    if name == "unlink":
        return Call(Kind.UNLINK)
    return None


def _memory(child: int, at: int, size: int) -> bytes:
    with Path(f"/proc/{child}/mem").open("rb", buffering=0) as memory:
        memory.seek(at)
        return memory.read(size)


def _path(child: int, handle: int) -> str:
    return str(Path(f"/proc/{child}/fd/{handle}").readlink())


def _ptrace(request: int, child: int, data: int) -> None:
    if _LIBC.ptrace(request, child, None, data) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")

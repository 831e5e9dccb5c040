"""Shuts in the process that opens what strangers sent: shares of time and memory, and no way to the network.

The network is shut by a filter of system calls (seccomp) that refuses every new socket. It needs no privileges, can't
be taken off again, and holds for whatever the process starts: tesseract can't reach out either.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import struct
from dataclasses import asdict, dataclass

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
# Where the filter finds the number of the call and the kind of machine that it was made for.
_NUMBER, _MACHINE = 0, 4
# Calls with this bit are another way into the same ones.
_X32 = 0x40000000


@dataclass(frozen=True, slots=True)
class Calls:
    """The numbers that a kind of machine has for itself and for the calls that lead out of the house."""

    machine: int
    socket: int
    ptrace: int
    process_vm_writev: int
    pidfd_getfd: int = 438
    io_uring_setup: int = 425

    @property
    def refused(self) -> tuple[int, ...]:
        """A new socket; a ring that makes sockets by itself; and hands laid on a process that has some."""
        return (self.socket, self.io_uring_setup, self.ptrace, self.process_vm_writev, self.pidfd_getfd)


# Opened once: each process that is split off would make the same anew.
_prctl = ctypes.CDLL(None, use_errno=True).prctl
_prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4

_CALLS = {
    "x86_64": Calls(0xC000003E, socket=41, ptrace=101, process_vm_writev=311),
    "aarch64": Calls(0xC00000B7, socket=198, ptrace=117, process_vm_writev=271),
}


class NotConfined(Exception):
    """This machine can't shut the network, so nothing is opened here."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much the process may take: CPU seconds, bytes of memory, bytes of one file that it writes, open files."""

    seconds: int
    memory: int
    written: int = 0
    files: int = 32

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def confine(shares: Shares) -> None:
    """From here on the process and all that it starts keep to their shares and have no network."""
    for kind, most in (
        (resource.RLIMIT_AS, shares.memory),
        (resource.RLIMIT_FSIZE, shares.written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, shares.files),
    ):
        resource.setrlimit(kind, (most, most))
    # The second more lets the system say SIGXCPU first, by which the caller knows that time ran out.
    resource.setrlimit(resource.RLIMIT_CPU, (shares.seconds, shares.seconds + 1))
    shut_network()


def die_with_parent() -> None:
    """Nobody waits for this process once its parent was killed; the system then ends it too."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def shut_network() -> None:
    """No new socket of any kind, for this process and its children. Raises NotConfined where that can't be done."""
    calls = _CALLS.get(platform.machine())
    if calls is None:
        raise NotConfined(f"No filter of system calls is known for {platform.machine()}.")
    program = _program(calls)
    held = ctypes.create_string_buffer(program)
    # struct sock_fprog: how many steps, and where they are.
    filter_of_calls = ctypes.create_string_buffer(struct.pack("HP", len(program) // 8, ctypes.addressof(held)))
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filter_of_calls), 0, 0),
    ):
        if _prctl(*arguments):
            raise NotConfined(os.strerror(ctypes.get_errno()))


def _program(calls: Calls) -> bytes:
    """The filter in the kernel's small language (BPF): what is refused, and everything else allowed."""
    refused = calls.refused
    end = len(refused) + 5
    # A jump leads over so many steps: here to the last one, which refuses.
    steps = [
        (_LOAD, 0, 0, _MACHINE),
        # A program for another kind of machine has other numbers.
        (_IF_EQUAL, 0, end - 2, calls.machine),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, end - 4, 0, _X32),
        *((_IF_EQUAL, end - place - 1, 0, number) for place, number in enumerate(refused, start=4)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)

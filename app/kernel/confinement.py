"""What a limited child gives up before it touches a stranger's file: memory, time, files, network."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_SECCOMP: Final = 22
SECCOMP_MODE_FILTER: Final = 2
SECCOMP_RET_ALLOW: Final = 0x7FFF0000
SECCOMP_RET_EPERM: Final = 0x00050001
SECCOMP_RET_KILL: Final = 0x80000000

# Opening files, sockets, programs, other processes and the names in a file system. Numbers from the
# kernel's tables (arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h).
_DENIED: Final[dict[str, tuple[int, tuple[int, ...]]]] = {
    "x86_64": (
        0xC000003E,
        (
            *(2, 85, 257, 437, 304),  # open, creat, openat, openat2, open_by_handle_at
            *(41, 42, 49, 50, 53),  # socket, connect, bind, listen, socketpair
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(62, 101, 310, 311, 438, 160),  # kill, ptrace, process_vm_*, pidfd_getfd, setrlimit
            *(76, 82, 83, 84, 86, 87, 88, 90, 92),  # truncate, rename … chmod, chown
            *(258, 263, 264, 265, 266, 268, 260, 316),  # the same with *at
            *(155, 161, 165, 166, 272, 308),  # pivot_root, chroot, mount, umount, unshare, setns
            *(298, 321, 323, 425),  # perf_event_open, bpf, userfaultfd, io_uring_setup
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(56, 437, 265),  # openat, openat2, open_by_handle_at
            *(198, 199, 200, 201, 203),  # socket, socketpair, bind, listen, connect
            *(221, 281),  # execve, execveat
            *(129, 117, 270, 271, 438, 164),  # kill, ptrace, process_vm_*, pidfd_getfd, setrlimit
            *(34, 35, 36, 37, 38, 45, 53, 54, 276),  # mkdirat … renameat2
            *(39, 40, 41, 51, 97, 268),  # umount, mount, pivot_root, chroot, unshare, setns
            *(241, 280, 282, 425),  # perf_event_open, bpf, userfaultfd, io_uring_setup
        ),
    ),
}


def die_with_parent(parent_pid: int) -> None:
    """Let the kernel kill this process when the thread that started it ends; leave if it has.

    Raises SystemExit where the parent is already gone. Outside Linux only the second half works.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        raise SystemExit(1)


def limit_resources(*, address_space_bytes: int, cpu_s: int, file_size_bytes: int, open_files: int) -> None:
    """Set the kernel's limits on this process; the CPU limit is soft, so that a parent can extend it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_AS, address_space_bytes)
    _lower(resource.RLIMIT_FSIZE, file_size_bytes)
    _lower(resource.RLIMIT_NOFILE, open_files)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, hard))


def _lower(what: int, value: int) -> None:
    """A limit that is already lower stays."""
    _, hard = resource.getrlimit(what)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (bound, bound))


def seal() -> bool:
    """Give up opening files, sockets and programs for good: only what is open now can be used.

    A seccomp filter; True where the kernel took it. Call it with one thread and everything imported.
    Refused calls fail with EPERM, so a decoder that tries to follow a name in a file just fails.
    """
    arch, numbers = _DENIED.get(platform.machine(), (0, ()))
    if sys.platform != "linux" or not numbers:
        return False

    def line(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    program = [
        line(load, 0, 0, 4),  # the architecture of the call
        line(equal, 1, 0, arch),
        line(answer, 0, 0, SECCOMP_RET_KILL),
        line(load, 0, 0, 0),  # its number
        line(at_least, len(numbers) + 1, 0, 0x40000000),  # the x32 form of the same calls
    ]
    # A jump counts the lines between: the last line but one allows, the last refuses.
    program += [line(equal, len(numbers) - n, 0, nr) for n, nr in enumerate(numbers)]
    program += [line(answer, 0, 0, SECCOMP_RET_ALLOW), line(answer, 0, 0, SECCOMP_RET_EPERM)]
    code = ctypes.create_string_buffer(b"".join(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    whole = Program(len(program), ctypes.addressof(code))
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0) == 0)

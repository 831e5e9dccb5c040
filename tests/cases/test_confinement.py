"""The processes that open strangers' files have no network, and neither has what they start."""

import subprocess
import sys

import pytest

CALL = "import socket; socket.create_connection(('127.0.0.1', {port}), 5)"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"])
def test_no_socket_of_any_kind_can_be_made(family):
    kind = "SOCK_RAW" if family == "AF_NETLINK" else "SOCK_STREAM"
    open_one = f"import socket; socket.socket(socket.{family}, socket.{kind})"
    shut = "from cases.confinement import shut_network; shut_network();"

    assert run(open_one).returncode == 0
    assert "Permission denied" in run(shut + open_one).stderr


def test_a_child_that_tries_to_connect_can_not():
    child = f"import subprocess, sys; r = subprocess.run([sys.executable, '-c', {CALL.format(port=9)!r}]); "
    shut = "from cases.confinement import shut_network; shut_network();"

    assert "refused" in run(child).stderr
    assert "Permission denied" in run(shut + child).stderr


def test_a_child_of_another_machine_kind_has_no_way_round():
    numbers = "import ctypes, os; l = ctypes.CDLL(None, use_errno=True); r = l.syscall({number}, 2, 1, 0); print(r)"
    shut = "from cases.confinement import shut_network; shut_network();"

    assert run(shut + numbers.format(number=0x40000000 + 41)).stdout.strip() == "-1"
    assert run(shut + numbers.format(number=425)).stdout.strip() == "-1"


def test_the_shares_hold(tmp_path):
    ask = "from cases.confinement import Shares, confine; confine(Shares(seconds=1, memory=300_000_000));"

    assert "File too large" in run(ask + f"open({str(tmp_path / 'x')!r}, 'w').write('x')").stderr
    assert "MemoryError" in run(ask + "x = bytearray(400_000_000)").stderr
    assert run(ask + "\nwhile True: pass").returncode < 0

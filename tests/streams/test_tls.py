"""What tls.py claims: right authority, served; any other, refused."""

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.peers import need
from tests.served import Served, connect, served, told

OPENSSL = shutil.which("openssl")


@contextmanager
def serving() -> Iterator[tuple[Served, Path]]:
    """Serve; give the authority's file too, which is gone in the end."""
    with served("streams.tls", quiet=False) as server:
        path = Path(server.line())
        assert path.is_file()
        yield server, path
    assert not path.exists()


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    trustme.CA().cert_pem.write_to_path(tmp_path / "wrong.pem")
    return tmp_path / "wrong.pem"


def s_client(server: Served, ca: Path, *more: str) -> subprocess.CompletedProcess[str]:
    openssl = need(OPENSSL, "openssl (apt install openssl)")
    options = ["-CAfile", str(ca), "-verify_return_error", "-quiet", *more]
    return subprocess.run(
        [openssl, "s_client", "-connect", server.address, *options],
        input="narcissus\n",
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_openssl_is_served_or_refuses(wrong: Path) -> None:
    with serving() as (server, ca):
        socat = need(shutil.which("socat"), "socat (apt install socat)")
        for path, name, echo in (
            (ca, "127.0.0.1", "narcissus\n"),
            (wrong, "127.0.0.1", ""),
            (ca, "narcissus.example", ""),
        ):
            peer = f"OPENSSL:{server.address},cafile={path},commonname={name}"
            with subprocess.Popen(
                [socat, "-", peer],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as process:
                assert process.stdin
                assert process.stdout
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write("narcissus\n")
                    process.stdin.flush()
                assert process.stdout.readline() == echo
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            assert (process.returncode == 0) is bool(echo)
        good = s_client(server, ca, "-verify_ip", "127.0.0.1", "-no_ign_eof")
        assert "verify return:1" in good.stderr
        bad = s_client(server, wrong)
        assert (bad.returncode, bad.stdout) == (1, "")
        assert "unable to get local issuer certificate" in bad.stderr
        elsewhere = s_client(server, ca, "-verify_hostname", "narcissus.example")
        assert (elsewhere.returncode, elsewhere.stdout) == (1, "")


def test_our_client_trusts_one_authority_only(wrong: Path) -> None:
    with serving() as (server, ca):
        where = "--connect", server.address
        good = told("streams.tls", *where, "--ca", str(ca))
        assert (good.code, good.output, good.errors) == (0, "tulip\n", "")
        for options in ["--ca", str(wrong)], []:
            bad = told("streams.tls", *where, *options)
            assert (bad.code, bad.output) == (1, "")
            assert re.fullmatch(
                rf"tls: {server.address}: .+local issuer.+\n", bad.errors
            )
        port = server.port
        # The certificate is 127.0.0.1's, no other name's.
        name = told("streams.tls", "--connect", f"localhost:{port}", "--ca", str(ca))
        assert (name.code, name.output) == (1, "")
        assert re.fullmatch(rf"tls: localhost:{port}: .+mismatch.+\n", name.errors)


def test_only_the_public_certificate_is_on_disk() -> None:
    with serving() as (_, ca):
        text = ca.read_text()
        assert text.count("BEGIN CERTIFICATE") == 1
        assert "PRIVATE KEY" not in text


def test_clients_in_clear_are_neither_served_nor_a_trouble() -> None:
    with serving() as (server, ca):
        for _ in range(3):
            with connect(server.port) as plain:
                plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
                heard = b""
                try:
                    while chunk := plain.recv(1024):
                        heard += chunk
                except ConnectionResetError:
                    pass
                assert b"GET" not in heard
        with connect(server.port) as half:
            half.sendall(b"\x16\x03\x01")  # a handshake that stops there
            done = told("streams.tls", "--connect", server.address, "--ca", str(ca))
            assert (done.code, done.output) == (0, "tulip\n")

"""RESP without a socket: our values, hiredis as a second reader, limits, cuts."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import FrameType
from typing import Any

import hiredis
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from demos.pubsub import hiredis_parser
from demos.pubsub.resp import (
    MAX_BULK,
    MAX_COUNT,
    MAX_INLINE,
    ProtocolError,
    Push,
    ReplyError,
    Request,
    Simple,
    Value,
    Verbatim,
    encode,
    request,
    strings,
)
from demos.pubsub.resp_parser import Parser
from demos.pubsub.resp_replies import MAX_DEPTH, ReplyParser
from demos.pubsub.resp_requests import (
    Limits,
    RequestParser,
    plain_requests,
    split,
)
from demos.pubsub.session import STRANGER_BULK, STRANGER_COUNT

MEGABYTE = 1 << 20
PIECE = 1 << 16

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no failure."""

Outcome = tuple[list[Value], str | None]
"""The values that came, and the text of the error after them."""


def feed(parser: Parser, *chunks: bytes) -> Outcome:
    """Give what a parser makes of these chunks."""
    values: list[Value] = []
    try:
        for chunk in chunks:
            for value in parser.feed(chunk):
                values.append(value)
    except ProtocolError as error:
        return values, str(error)
    return values, None


def read(*chunks: bytes) -> Outcome:
    """Give what a client reads."""
    return feed(ReplyParser(), *chunks)


def quick() -> RequestParser:
    """Make a server's parser, as it mostly is."""
    return RequestParser(Limits(), plain_requests)


def careful() -> RequestParser:
    """Make one that never takes the fast path."""
    return RequestParser(Limits(), None)


def by_hiredis() -> RequestParser:
    """Make one that leaves to hiredis what it can."""
    return RequestParser(Limits(), hiredis_parser.read)


def serve(*chunks: bytes) -> Outcome:
    """Give what a server reads."""
    return feed(quick(), *chunks)


def shape(value: Value) -> Any:
    """Give a value with its types: `==` takes True for 1, Simple for str."""
    name = type(value).__name__
    match value:
        case ReplyError():
            return name, str(value)
        case float():
            return name, repr(value)
        case dict():
            return name, [(shape(key), shape(each)) for key, each in value.items()]
        case set() | frozenset():
            return "set", frozenset(map(shape, value))
        case tuple():
            return name, tuple(map(shape, value))
        case list():
            return name, [shape(each) for each in value]
    return name, value


def as_sent(value: Value, protocol: int) -> Value:
    """Give what of a value arrives, by the table in resp.py."""
    match value:
        case Verbatim() if protocol == 3:
            return value
        case Simple():
            return Simple(value.replace("\r", " ").replace("\n", " "))
        case str():
            return value.encode("utf-8", "surrogateescape")
        case ReplyError():
            return ReplyError(str(value).replace("\r", " ").replace("\n", " "))
        case bool() if protocol == 2:
            return int(value)
        case float() if protocol == 2:
            return repr(value).encode()
        case dict() if protocol == 2:
            pairs = [item for pair in value.items() for item in pair]
            return [as_sent(item, 2) for item in pairs]
        case dict():
            return {key: as_sent(each, 3) for key, each in value.items()}
        case set() if protocol == 3:
            return value
        case Push() if protocol == 3:
            return Push(as_sent(item, 3) for item in value)
        case list() | tuple() | set():
            return [as_sent(item, protocol) for item in value]
    return value


def cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    """Cut bytes at these places."""
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in at)})
    return [data[start:end] for start, end in pairwise(places)]


def lone_bytes(data: bytes) -> list[bytes]:
    """Cut bytes everywhere."""
    return cut(data, range(len(data)))


# Values.

TEXTS = st.binary().map(lambda data: data.decode("utf-8", "surrogateescape"))
WORDS = TEXTS | st.text()
NUMBERS = st.integers(-(2**63), 2**63 - 1)
KEYS = st.recursive(
    st.binary() | NUMBERS, lambda inner: st.tuples(inner, inner), max_leaves=4
)
SCALARS = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.floats()
    | st.binary()
    | WORDS
    | WORDS.map(Simple)
    | WORDS.map(Verbatim)
    | WORDS.map(ReplyError)
    | st.sets(KEYS, max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.lists(inner, max_size=3).map(Push)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=12,
)
CUTS = st.lists(st.integers(0, 10_000), max_size=5)


@patient
@given(VALUES, st.sampled_from([2, 3]), CUTS)
def test_values_arrive(value: Value, protocol: int, cuts: list[int]) -> None:
    data = encode(value, protocol)
    values, error = read(*cut(data + encode(1), cuts))
    assert error is None
    assert list(map(shape, values)) == [shape(as_sent(value, protocol)), ("int", 1)]


EVERY_KIND: list[Value] = [
    b"",
    b"\r\n",
    b"tulip\xff",
    7,
    -(2**63),
    None,
    True,
    1.5,
    float("-inf"),
    Simple("OK"),
    Verbatim("tulip"),
    ReplyError("ERR no"),
    Push([b"message", b"news", b"tulip"]),
    {b"proto": 3, b"modules": []},
    {b"tulip", 1},
    [[], [None, [b"a", [1, {b"b": {1.5}}]]], b"c"],
]


@pytest.mark.parametrize("protocol", [2, 3])
def test_replies_cut_at_every_byte(protocol: int) -> None:
    data = b"".join(encode(value, protocol) for value in EVERY_KIND)
    expected = [shape(as_sent(value, protocol)) for value in EVERY_KIND]
    chunked = [[data[:at], data[at:]] for at in range(len(data) + 1)]
    for chunks in [*chunked, lone_bytes(data)]:
        values, error = read(*chunks)
        assert error is None
        assert list(map(shape, values)) == expected


@pytest.mark.parametrize("value", EVERY_KIND)
def test_nothing_comes_before_the_last_byte(value: Value) -> None:
    data = encode(value, 3)
    assert read(data[:-1]) == ([], None)


@pytest.mark.parametrize("value", [object(), bytearray(b"a"), 1j, [object()]])
def test_what_has_no_type(value: Value) -> None:
    with pytest.raises(TypeError, match="no type"):
        encode(value)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"(123456789012345678901234567890\r\n", 123456789012345678901234567890),
        (b"(-1\r\n", -1),
        (b"!8\r\nERR a\r\nb\r\n", ReplyError("ERR a\r\nb")),
        (b"=8\r\nmkd:*a*!\r\n", Verbatim("*a*!")),
        (b"|1\r\n+ttl\r\n:9\r\n$1\r\na\r\n", b"a"),
        (b"|0\r\n|1\r\n+a\r\n*1\r\n:1\r\n*1\r\n|1\r\n+b\r\n:1\r\n:2\r\n", [2]),
        (b"*-1\r\n", None),
        (b"~3\r\n:1\r\n:1\r\n*1\r\n:2\r\n", {1, (2,)}),
        (b"%1\r\n*1\r\n~1\r\n:1\r\n_\r\n", {(frozenset({1}),): None}),
        (b"%1\r\n%1\r\n:1\r\n*1\r\n:2\r\n#t\r\n", {((1, (2,)),): True}),
        (b",1e-05\r\n", 1e-05),
        (b",-nan\r\n", float("nan")),
    ],
)
def test_what_only_a_server_writes(data: bytes, value: Value) -> None:
    for chunks in [data], lone_bytes(data):
        values, error = read(*chunks)
        assert error is None
        assert [shape(each) for each in values] == [shape(value)]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**100])
def test_large_numbers_come_back(number: int) -> None:
    assert read(encode(number, 3)) == ([number], None)


# hiredis as a second reader.


def oracle(data: bytes) -> tuple[list[Value], bool]:
    """Give what hiredis reads, and whether it refuses what follows."""
    more = object()  # its own word for it, False, is a value too
    reader = hiredis.Reader(notEnoughData=more)
    reader.feed(data)
    values: list[Value] = []
    try:
        while (value := reader.gets()) is not more:
            values.append(value)
    except hiredis.ProtocolError:
        return values, True
    return values, False


def as_hiredis(value: Value) -> Value:
    """Give our value as hiredis would: it knows fewer types."""
    match value:
        case Simple() | Verbatim():
            return value.encode("utf-8", "surrogateescape")
        case dict():
            return {key: as_hiredis(each) for key, each in value.items()}
        case list():
            return [as_hiredis(each) for each in value]
    return value


def looks(value: Value) -> Any:
    """Give a value such that errors and NaN are equal to themselves."""
    match value:
        case ReplyError() | hiredis.ReplyError():
            return "error", str(value)
        case float():
            return "float", repr(value)
        case dict():
            return "dict", {key: looks(each) for key, each in value.items()}
        case list():
            return "list", [looks(each) for each in value]
    return type(value).__name__, value


KNOWN_TO_BOTH = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.floats()
    | st.binary()
    | st.text("ab é", max_size=4).map(Simple)
    | st.text("ab é", max_size=4).map(Verbatim)
    | st.text("ab", max_size=4).map(ReplyError),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(Push)
        | st.dictionaries(st.binary() | NUMBERS, inner, max_size=3)
    ),
    max_leaves=12,
)


@patient
@given(KNOWN_TO_BOTH, st.sampled_from([2, 3]))
@example(False, 3)
def test_hiredis_reads_the_same(value: Value, protocol: int) -> None:
    data = encode(value, protocol)
    (ours,), _ = read(data)
    theirs, refused = oracle(data)
    assert not refused
    assert [looks(as_hiredis(ours))] == list(map(looks, theirs))


@pytest.mark.parametrize(
    ("data", "ours", "theirs"),
    [
        (b"~2\r\n:1\r\n:1\r\n", {1}, [1, 1]),
        (b"(12\r\n", 12, b"12"),
        (b"=5\r\ntxt:a\r\n", Verbatim("a"), b"a"),
        (b"*1\r\n+a\r\n", [Simple("a")], [b"a"]),
    ],
)
def test_where_hiredis_has_another_type(
    data: bytes, ours: Value, theirs: Value
) -> None:
    assert read(data) == ([ours], None)
    assert oracle(data) == ([theirs], False)


def test_where_hiredis_gives_attributes_as_values() -> None:
    data = b"|1\r\n+a\r\n:2\r\n:3\r\n"
    assert read(data) == ([3], None)
    assert oracle(data) == ([[b"a", 2], 3], False)


def test_where_hiredis_has_no_hash() -> None:
    data = b"%1\r\n*1\r\n:1\r\n:2\r\n"
    assert read(data) == ([{(1,): 2}], None)
    with pytest.raises(TypeError, match="unhashable"):
        oracle(data)


REFUSED = [
    *(b"$-2", b"$00", b"$+1", b"$", b"$a", b"$ 1", b"$1 ", b"$99999999999999999999"),
    *(b"*-2", b"*01", b"*+1", b"*", b"*a", b"*1.0", b"*99999999999999999999"),
    *(b"%-2", b"%a", b"~-2", b"~", b">-2", b">x", b"=-2", b"=x"),
    *(b":", b":+5", b":-0", b":01", b":1.0", b":9223372036854775808", b": 1"),
    *(b":-9223372036854775809", b":1_0", b":\xd9\xa1", b":-"),
    *(b",", b",+1", b",1e", b",0x10", b", 1", b",1 ", b",infinity", b",1_0", b",--1"),
    *(b"(+1", b"(1x", b"( 1", b"#", b"#x", b"#tt", b"_x", b"_ "),
    *(b"", b"x", b"?", b"*?", b"$?", b";4", b".", b" ", b"\0", b"HTTP/1.1 400 No"),
    *(b"+a\nb", b"+a\rb", b"-a\nb", b":1\n", b":1\r2", b"\n", b"$1\n", b"*1\r"),
    *(b"=2\r\nab", b"=4\r\ntxt;", b"=0\r\n"),
]


@pytest.mark.parametrize("line", REFUSED)
def test_malformed_lines_are_refused_at_once(line: bytes) -> None:
    data = b":1\r\n" + line + b"\r\n"
    assert oracle(data) == ([1], True)
    for chunks in [data], lone_bytes(data):
        values, error = read(*chunks)
        assert values == [1]
        assert error
        assert error.isprintable()


@pytest.mark.parametrize(
    "line",
    [b"#T", b",.5", b",Inf", b",NaN", b"(", b"(-", b"$1\r\naXX:2", b"$1\r\na\rX:2"],
)
def test_what_hiredis_is_too_kind_to_refuse(line: bytes) -> None:
    data = line + b"\r\n"
    assert not oracle(data)[1]
    values, error = read(data)
    assert values == []
    assert error


TOKENS = st.sampled_from(
    [
        *(b"+", b"-", b":", b"$", b"*", b"%", b"~", b">", b",", b"#", b"_", b"="),
        *(b"*1\r\n", b"*2\r\n", b"%1\r\n", b"$1\r\n", b"$-1\r\n", b":1\r\n", b"#t\r\n"),
        *(b"0", b"1", b"2", b"3", b"-1", b"e", b".", b"t", b"inf", b"txt:", b"a"),
        *(b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r"),
    ]
)
STRICTER = (b",.", b",-.")
"""Numbers that only hiredis takes."""


def unlike_hiredis(data: bytes, error: str | None) -> bool:
    """Tell whether these bytes have one of the differences listed above."""
    if error and "goes on" in error:
        return True
    return any(start in data for start in STRICTER)


@settings(patient, max_examples=400)
@given(st.lists(TOKENS, max_size=14).map(b"".join))
@example(b"*2\r\n$-1\r\n*-1")
@example(b"%2\r\n:1\r\n:2\r\n:1\r\n")
def test_hiredis_refuses_the_same(noise: bytes) -> None:
    data = noise + b"\r\n"
    values, error = read(data)
    assume(not unlike_hiredis(data, error))
    try:
        theirs, refused = oracle(data)
    except TypeError:  # a list as a key
        assume(False)
    assert (error is not None) == refused, error
    assert len(values) == len(theirs)
    assert list(map(flat, values)) == list(map(flat, theirs))


def flat(value: Value) -> Any:
    """Give what both readers agree on: a set is a list for hiredis."""
    match value:
        case ReplyError() | hiredis.ReplyError():
            return "error", str(value)
        case set() | frozenset() | list() | tuple():
            return "many", frozenset(map(flat, value))
        case dict():
            return "dict", frozenset((flat(key), flat(value[key])) for key in value)
        case str():
            return value.encode()
        case float():
            return repr(value)
    return value


# Limits of replies.


@pytest.mark.parametrize("opening", [b"*1\r\n", b">1\r\n", b"~1\r\n", b"%1\r\n:1\r\n"])
def test_depth(opening: bytes) -> None:
    values, error = read(opening * MAX_DEPTH + b":1\r\n")
    assert (len(values), error) == (1, None)
    values, error = read(b":1\r\n" + opening * (MAX_DEPTH + 1))
    assert (values, error) == ([1], "too many arrays in arrays")


@pytest.mark.parametrize("opening", [b"|0\r\n", b"|1\r\n:1\r\n:2\r\n"])
def test_attributes_in_a_row_are_no_depth(opening: bytes) -> None:
    data = opening * 5000 + b":1\r\n"
    values, error = read(data)
    assert values == [1] or error
    assert read(data[:1001], data[1001:]) == (values, error)


def test_attributes_in_attributes_are_depth() -> None:
    values, error = read(b":1\r\n" + b"|1\r\n" * (MAX_DEPTH + 1))
    assert (values, error) == ([1], "too many arrays in arrays")


@pytest.mark.parametrize("kind", [b"+", b"-", b"*", b"$", b"x", b""])
def test_a_line_without_end(kind: bytes) -> None:
    piece = b"1" * 1000
    values, error = read(b":1\r\n" + kind, *[piece] * (MAX_INLINE // 1000 + 2))
    assert values == [1]
    assert error


@pytest.mark.parametrize("size", [MAX_INLINE - 10, MAX_INLINE + 10, 2 * MAX_INLINE])
def test_a_long_line_is_the_same_however_it_is_cut(size: int) -> None:
    data = b"+" + b"a" * size + b"\r\n"
    values, error = read(data)
    assert values or error
    for at in 1, size // 2, size, size + 1, size + 2:
        assert read(data[:at], data[at:]) == (values, error)


def test_a_long_line_that_is_no_number() -> None:
    """Each is refused in one look at it, or this test takes minutes."""
    many = b"1" * (MAX_INLINE - 10)
    for kind in b",", b"(", b":", b"$", b"*":
        for tail in b"x", b"e", b"-", b".1.", b"e1x":
            values, error = read(kind + many + tail + b"\r\n")
            assert values == []
            assert error
            assert len(error) < 100 or kind in b"$*"


def test_lengths() -> None:
    for kind in b"$", b"=", b"!":
        assert read(b"%b%d\r\n" % (kind, MAX_BULK)) == ([], None)
        values, error = read(b"%b%d\r\n" % (kind, MAX_BULK + 1))
        assert values == []
        assert error
    for kind in b"*", b"~", b">", b"%", b"|":
        assert read(b"%b%d\r\n" % (kind, MAX_COUNT)) == ([], None)
        values, error = read(b"%b%d\r\n" % (kind, MAX_COUNT + 1))
        assert values == []
        assert error


# Requests.


@patient
@given(st.lists(WORDS | st.binary() | st.integers() | st.floats(), min_size=1), CUTS)
def test_requests_arrive(words: list[Any], cuts: list[int]) -> None:
    expected = [
        word
        if isinstance(word, bytes)
        else str(word).encode("utf-8", "surrogateescape")
        for word in words
    ]
    data = request(*words)
    assert data == strings(expected) == encode(expected)
    assert serve(*cut(data * 2, cuts)) == ([expected, expected], None)


def test_requests_cut_at_every_byte() -> None:
    words = [b"SET", b"", b"\r\n$1\r\na\r\n", b"\xff" * 1100]
    data = b"PING 'a b'\r\n" + strings(words) + b"\r\n*0\r\n*-1\r\n" + strings([b"x"])
    expected = [[b"PING", b"a b"], words, [b"x"]]
    for at in range(len(data) + 1):
        assert serve(data[:at], data[at:]) == (expected, None)
    assert serve(*lone_bytes(data)) == (expected, None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"PING", [b"PING"]),
        (b"  a \t b  ", [b"a", b"b"]),
        (b"", []),
        (b" \t ", []),
        (b'a ""', [b"a", b""]),
        (b"''", [b""]),
        (b'"a b"', [b"a b"]),
        (b"'a b'", [b"a b"]),
        (b'a"b c"', [b"ab c"]),
        (b"a'b c'", [b"ab c"]),
        (rb'"\n\r\t\b\a\\\"\q"', [b'\n\r\t\b\a\\"q']),
        (rb'"\x41\x4g\xZZ\x0"', [b"Ax4gxZZx0"]),
        (rb'"\xff\x00\xAb"', [b"\xff\x00\xab"]),
        (rb"'\n\'\\ '", [rb"\n'\\ "]),
        (rb"\n", [rb"\n"]),
        (b"\"it's\" '\"'", [b"it's", b'"']),
        (b"\xc3\xa9 \xff", [b"\xc3\xa9", b"\xff"]),
    ],
)
def test_words_of_a_line(line: bytes, words: Request) -> None:
    assert split(line) == words
    assert serve(line + b"\r\n") == serve(line + b"\n") == ([words] * bool(words), None)


@pytest.mark.parametrize(
    "line", [b'"', b"'", b'"a', b"'a", b'"a"b', b"'a'b", b'""""', rb'"\"', b"a ' b"]
)
def test_quotes_that_do_not_match(line: bytes) -> None:
    expected = ([[b"a"]], "unbalanced quotes in request")
    assert serve(b"a\r\n" + line + b"\r\n") == expected


FAULTS = [
    (b"*a\r\n", "invalid multibulk length"),
    (b"*\r\n", "invalid multibulk length"),
    (b"*01\r\n", "invalid multibulk length"),
    (b"*+1\r\n", "invalid multibulk length"),
    (b"*%d\r\n" % (MAX_COUNT + 1), "invalid multibulk length"),
    (b"*99999999999999999999\r\n", "invalid multibulk length"),
    (b"*1\r\n:1\r\n", "expected '$', got ':'"),
    (b"*1\r\n\xff1\r\n", "expected '$', got '\udcff'"),
    (b"*2\r\n$1\r\na\r\n*1\r\n", "expected '$', got '*'"),
    (b"*1\r\n$-1\r\n", "invalid bulk length"),
    (b"*1\r\n$\r\n", "invalid bulk length"),
    (b"*1\r\n$01\r\n", "invalid bulk length"),
    (b"*1\r\n$%d\r\n" % (MAX_BULK + 1), "invalid bulk length"),
]


@pytest.mark.parametrize(("data", "text"), FAULTS)
def test_malformed_requests(data: bytes, text: str) -> None:
    before = strings([b"PING"])
    for parser in quick(), careful(), by_hiredis():
        assert feed(parser, before + data) == ([[b"PING"]], text)
    assert serve(*lone_bytes(before + data)) == ([[b"PING"]], text)


@pytest.mark.parametrize("kind", [b"\r", b"\n", b"\r\n", b"\0\r", b"\x85", b"\x1b"])
def test_the_error_that_a_client_sees_is_one_line(kind: bytes) -> None:
    _, error = serve(b"*1\r\n" + kind + b"\r\n")
    line = encode(ReplyError(error or ""))
    assert len(line.splitlines()) == 1
    assert line.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (b"a", "too big inline request"),
        (b"*", "too big mbulk count string"),
        (b"*1\r\n$", "too big bulk count string"),
        (b"*1\r\n", "too big bulk count string"),
    ],
)
def test_a_request_without_end(start: bytes, text: str) -> None:
    piece = b"1" * 1000
    pieces = [piece] * (MAX_INLINE // 1000 + 2)
    assert serve(strings([b"PING"]) + start, *pieces) == ([[b"PING"]], text)


def test_the_largest_requests_are_waited_for() -> None:
    assert serve(b"*%d\r\n$%d\r\n" % (MAX_COUNT, MAX_BULK)) == ([], None)
    assert serve(b"*%d\r\n" % -(2**63), strings([b"a"])) == ([[b"a"]], None)


def stranger() -> Limits:
    """Give the limits of who has not said the password."""
    return Limits(STRANGER_COUNT, STRANGER_BULK, "unauthenticated")


def test_a_stranger_may_send_less() -> None:
    ping = strings([b"PING"])
    for count, size, text in (
        (STRANGER_COUNT, STRANGER_BULK, None),
        (STRANGER_COUNT + 1, 1, "unauthenticated multibulk length"),
        (1, STRANGER_BULK + 1, "unauthenticated bulk length"),
    ):
        data = ping + b"*%d\r\n$%d\r\n" % (count, size)
        parser = RequestParser(stranger(), None)
        assert feed(parser, data) == ([[b"PING"]], text)
        assert serve(data) == ([[b"PING"]], None)


def test_a_stranger_who_says_the_password_in_the_same_chunk() -> None:
    limits = stranger()
    words = [b"x"] * (STRANGER_COUNT + 1)
    found = RequestParser(limits, None).feed(strings([b"AUTH"]) + strings(words))
    assert next(iter(found)) == [b"AUTH"]
    limits.count = MAX_COUNT
    assert list(found) == [words]


# The fast path, the careful one, and hiredis.


PLAIN = st.lists(
    st.binary(max_size=20) | st.sampled_from([b"\r\n", b"$1\r\na", b"*1", b"a" * 1030]),
    min_size=1,
    max_size=4,
).map(strings)
ODD = st.sampled_from(
    [
        *(b"*0\r\n", b"*-1\r\n", b"*1\r\n", b"*64\r\n", b"*01\r\n", b"*99999\r\n"),
        *(
            b"PING\r\n",
            b"'a b'\n",
            b"'\r\n",
            b"\r\n",
            b"\n",
            b"\0",
            b"*1\r\n$0\r\n\r\n",
        ),
        *(b"*1\r\n$1\r\naXX", b"*1\r\0$1\r\0a\r\n", b"*1\r\n+a\r\n", b"*1\r\n~0\r\n"),
        *(b"*2\r\n$1\r\na\r\n*1\r\n", b"*1\r\n=5\r\ntxt:a\r\n", b"*1\r\n$-1\r\n"),
        *(b"*1\r\n*1\r\n$1\r\na\r\n", b"*1\r\n,1\r\n", b"*1\r\n(1\r\n", b"*-2\r\n"),
    ]
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Give requests in a row, and change a few bytes."""
    data = bytearray(b"".join(draw(st.lists(PLAIN | ODD, max_size=5))))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(
            st.sampled_from([b"", b"\r", b"\n", b"\0", b"$", b"*", b"1", b"-", b"a"])
        )
    return bytes(data)


@settings(patient, max_examples=500)
@given(streams(), CUTS)
def test_all_paths_agree(data: bytes, cuts: list[int]) -> None:
    chunks = cut(data, cuts)
    expected = feed(careful(), *chunks)
    assert feed(quick(), *chunks) == expected
    assert feed(by_hiredis(), *chunks) == expected


@patient
@given(st.binary(max_size=60), CUTS)
def test_any_bytes_are_read_or_refused(data: bytes, cuts: list[int]) -> None:
    chunks = cut(data, cuts)
    expected = feed(careful(), *chunks)
    assert feed(quick(), *chunks) == expected
    assert feed(by_hiredis(), *chunks) == expected
    assert read(*chunks) == read(*chunks)


# Costs, by structure: bytes joined, not seconds.


class Counted(bytes):
    """Bytes that count what is copied to put them behind others."""

    copied = 0

    def __radd__(self, before: bytes) -> bytes:
        Counted.copied += len(before) + len(self)
        return bytes(before) + bytes(self)

    def __add__(self, after: Any) -> bytes:
        Counted.copied += len(self) + len(after)
        return bytes(self) + bytes(after)


@contextmanager
def counted_joins() -> Iterator[list[object]]:
    """Count the calls of `join`, whose bytes cannot be counted."""
    joins: list[object] = []

    def note(frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in {"join", "extend"}:
            joins.append(called)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield joins
    finally:
        sys.setprofile(before)


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut bytes into pieces that count."""
    for at in range(0, len(data), size):
        yield Counted(data[at : at + size])


def test_a_large_string_is_joined_once() -> None:
    word = bytes(64 * MEGABYTE)
    data = strings([word])
    for parser in quick(), ReplyParser():
        Counted.copied = 0
        with counted_joins() as joins:
            values, error = feed(parser, *pieces(data, PIECE))
        assert (values == [[word]], error) == (True, None)
        assert len(joins) <= 2
        assert Counted.copied <= 2 * PIECE


def test_many_words_in_small_pieces_are_joined_once() -> None:
    words = [b"%d" % number for number in range(100_000)]
    data = strings(words)
    for size in 7, 1000:
        for parser in quick(), ReplyParser():
            Counted.copied = 0
            values, error = feed(parser, *pieces(data, size))
            assert (values == [words], error) == (True, None)
            assert Counted.copied <= 4 * len(data)


@pytest.mark.parametrize("parser", [careful(), ReplyParser()])
def test_a_large_string_is_kept_by_who_takes_it_only(parser: Parser) -> None:
    size = 8 * MEGABYTE
    tracemalloc.start()
    try:
        feed(parser, b"*1\r\n$%d\r\n" % size, *[bytes(PIECE)] * (size // PIECE))
        feed(parser, b"\r\n")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < MEGABYTE
    assert peak < 4 * size

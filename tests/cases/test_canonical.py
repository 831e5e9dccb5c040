"""Canonical JSON: the examples of RFC 8785, and that equal values have equal bytes on both databases."""

import datetime as dt
import struct

import pytest
import rfc8785

from cases.canonical import canonical, moment, sha256_of
from tests.factories import NOON, CaseFactory, EventFactory

# RFC 8785, appendix B: the bits of a double and how it is written.
NUMBERS = [
    ("0000000000000000", b"0"),
    ("8000000000000000", b"0"),
    ("0000000000000001", b"5e-324"),
    ("8000000000000001", b"-5e-324"),
    ("7fefffffffffffff", b"1.7976931348623157e+308"),
    ("ffefffffffffffff", b"-1.7976931348623157e+308"),
    ("4340000000000000", b"9007199254740992"),
    ("c340000000000000", b"-9007199254740992"),
    ("4430000000000000", b"295147905179352830000"),
    ("44b52d02c7e14af5", b"9.999999999999997e+22"),
    ("44b52d02c7e14af6", b"1e+23"),
    ("44b52d02c7e14af7", b"1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", b"999999999999999700000"),
    ("444b1ae4d6e2ef4f", b"999999999999999900000"),
    ("444b1ae4d6e2ef50", b"1e+21"),
    ("3eb0c6f7a0b5ed8c", b"9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", b"0.000001"),
    ("41b3de4355555553", b"333333333.3333332"),
    ("41b3de4355555554", b"333333333.33333325"),
    ("41b3de4355555555", b"333333333.3333333"),
    ("becbf647612f3696", b"-0.0000033333333333333333"),
    ("43143ff3c1cb0959", b"1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_numbers_are_written_as_the_rfc_says(bits, written):
    [number] = struct.unpack(">d", bytes.fromhex(bits))

    assert canonical(number) == written


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000"])
def test_what_is_no_number_has_no_canonical_form(bits):
    [number] = struct.unpack(">d", bytes.fromhex(bits))

    with pytest.raises(ValueError, match="not representable in JCS"):
        canonical(number)


def test_the_rfcs_example_is_written_byte_for_byte():
    example = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\u000aA\'B"\\\\"/',
        "literals": [None, True, False],
    }

    assert canonical(example) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_sorted_by_their_utf16_units():
    example = {"€": "Euro", "\r": "CR", "\ufb33": "Dalet", "1": "One", "😀": "Face", "\x80": "Ctrl", "ö": "O"}

    names = canonical(example).decode()

    order = [names.index(f'"{word}"') for word in ("CR", "One", "Ctrl", "O", "Euro", "Face", "Dalet")]
    assert order == sorted(order)


def test_the_order_in_which_names_were_given_does_not_matter():
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})


def test_a_moment_is_written_in_utc_with_microseconds():
    assert moment(NOON) == "2026-11-23T10:00:00.000000Z"
    assert moment(NOON.astimezone(dt.UTC)) == moment(NOON)


@pytest.mark.both_databases
@pytest.mark.django_db
def test_a_payload_has_the_same_bytes_after_a_round_through_the_database():
    payload = {"ж": "Бела река", "a": [1, 2.5, None, True], "big": 9007199254740991, "empty": {}, "z": "\u2028"}
    event = EventFactory(case=CaseFactory(), payload=payload)

    event.refresh_from_db()

    assert canonical(event.payload) == canonical(payload)


PLAIN = [
    {"b": 1, "a": [True, None, "я €\u2028"], "": {"nested": -5}},
    {"control": "".join(map(chr, range(0x20))) + "\x7f\x80\ud7ff\ue000\U0001f333", "quote": '\\"/'},
    (1, 2, 2**53 - 1),
    "",
    [],
]


@pytest.mark.parametrize("value", PLAIN)
def test_the_quick_way_writes_the_same_bytes(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_beyond_ascii_go_the_careful_way():
    # In UTF-16, where the RFC sorts, the tree comes before the letter from the private use area.
    assert canonical({"\ue000": 1, "\U0001f333": 2}) == '{"\U0001f333":2,"\ue000":1}'.encode()


def test_a_lone_surrogate_has_no_canonical_form():
    with pytest.raises(ValueError, match="surrogate"):
        canonical("\ud800")

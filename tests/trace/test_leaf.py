"""Leaves of the log."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shellmark_trace import LeafError, canonical, leaf, leaf_hash, new_salt, payload_hash

plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(allow_nan=False)
texts = st.text()
values = st.recursive(
    plain.filter(lambda v: not (isinstance(v, float) and abs(v) == float("inf"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


def test_canonical_json_is_that_of_rfc_8785() -> None:
    # the example of RFC 8785, section 3.2.2
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    due = (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    )
    assert canonical(value) == due.encode()


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(texts, values, max_size=5))
def test_an_entry_reads_back_and_does_not_depend_on_order(entry: dict[str, object]) -> None:
    data = leaf(entry)
    assert leaf(dict(reversed(entry.items()))) == data
    assert json.loads(data, parse_int=float) == entry  # JSON has one kind of number


def test_leaf_hash_is_that_of_rfc_6962() -> None:
    # the leaf of an empty entry, from the test vectors of certificate transparency
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == hashlib.sha256(b"\x00L123456").hexdigest()


@pytest.mark.parametrize("wrong", [{"a": float("nan")}, {"a": 2**60}, {"a": "\ud800"}, {"a": "x" * 65_536}])
def test_what_the_log_cannot_take_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(LeafError):
        leaf(wrong)


def test_a_payload_cannot_be_guessed_from_its_hash() -> None:
    one, other = new_salt(), new_salt()
    assert payload_hash(b"PASS", one) != payload_hash(b"PASS", other)
    assert payload_hash(b"PASS", one) == "sha256:" + hashlib.sha256(one + b"PASS").hexdigest()
    with pytest.raises(LeafError):
        payload_hash(b"PASS", b"")

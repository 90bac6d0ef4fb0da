from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindbee_sync.bindbee.outcomes import Throttled, classify, explain
from bindbee_sync.create_result import CreateResult, FieldFault, Result

UUID = "018b7c1e-0000-7000-8000-00000000abcd"
JSON = b'{"detail": "no"}'
HTML = b"<html><body>Bad gateway</body></html>"
BODY_FAULT = json.dumps({"detail": [{"loc": ["body", "openings"], "msg": "too few", "type": "x"}]}).encode()


def expected(status, body):
    is_json = body in (JSON, BODY_FAULT)
    if 200 <= status < 300:
        return "created"
    if status == 429:
        return "throttled"
    if not 400 <= status < 500 or status in (408, 409) or not is_json:
        return "uncertain"
    early = status in (401, 403, 404, 405, 413, 415) or (status == 422 and body == BODY_FAULT)
    return "rejected" if early else "rejected by the ATS"


def verdict(answer):
    match answer:
        case Result(by_ats=True):
            return f"{answer.became} by the ATS"
        case Result():
            return str(answer.became)
        case _:
            return type(answer).__name__.lower()


@pytest.mark.parametrize("body", [JSON, BODY_FAULT, HTML, JSON[:-3], b"", b"\xff\xfe", b"[" * 100_000])
def test_every_status_is_classified_as_the_table_says(body):
    for status in range(100, 600):
        assert verdict(classify(status, {}, body)) == expected(status, body), status


def test_json_that_calls_itself_html_is_a_gateways():
    assert verdict(classify(400, {"Content-Type": "text/html; charset=utf-8"}, JSON)) == "uncertain"


def test_a_listed_status_without_an_object_is_not_taken_for_bindbees_own():
    assert verdict(classify(403, {}, b'"no"')) == "rejected by the ATS"


@pytest.mark.parametrize(
    "detail",
    [
        [],
        "no",
        [{"loc": ["query", "x"], "msg": "m"}],
        [{"loc": ["body", "name"], "msg": "m"}, {"loc": ["name"], "msg": "m"}],
        [{"loc": [None, "body"], "msg": "m"}],
        [{"loc": [], "msg": "m"}],
        [{"loc": "body", "msg": "m"}],
        [{"msg": "m"}],
        ["body"],
    ],
)
def test_a_422_not_all_about_the_body_was_the_ats(detail):
    answer = classify(422, {}, json.dumps({"detail": detail}).encode())
    assert verdict(answer) == "rejected by the ATS"


def test_a_422_names_its_fields():
    detail = [
        {"loc": ["body", "openings"], "msg": "Input should be a valid integer", "type": "int_parsing"},
        {"loc": ["body", "offices", 1], "msg": "Input should be a valid UUID", "type": "uuid_parsing"},
        {"loc": ["body"], "msg": "Field required", "type": "missing"},
    ]
    assert classify(422, {}, json.dumps({"detail": detail}).encode()) == Result(
        became=CreateResult.REJECTED,
        status=422,
        by_ats=False,
        detail="openings: Input should be a valid integer; offices.1: Input should be a valid UUID; "
        "Field required",
        faults=(
            FieldFault(loc=("openings",), message="Input should be a valid integer"),
            FieldFault(loc=("offices", 1), message="Input should be a valid UUID"),
            FieldFault(loc=(), message="Field required"),
        ),
    )


@pytest.mark.parametrize(
    ("body", "id_", "remote_id"),
    [
        ({"id": UUID, "remote_id": "4033"}, UUID, "4033"),
        ({"id": UUID, "remote_id": 4033}, UUID, "4033"),
        ({"data": {"id": UUID, "remote_id": "r-1"}}, UUID, "r-1"),
        ({"job": {"id": UUID}}, UUID, None),
        ({"id": UUID.upper()}, UUID.upper(), None),
        ({"remote_id": "7", "data": {"id": UUID}}, UUID, "7"),
        ({"id": "4033", "remote_id": True}, None, None),
        ({"id": 4033, "remote_id": ""}, None, None),
        ({"id": "{" + UUID + "}", "remote_id": "two words"}, None, None),
        ({"id": None, "data": None, "job": [UUID]}, None, None),
        (UUID, UUID, None),
        ("4033", None, "4033"),
        (4033, None, "4033"),
        (40.5, None, None),
        (True, None, None),
        (-1, None, None),
        ("٤٢", None, None),
        ("done", None, None),
        (None, None, None),
        ([UUID], None, None),
    ],
)
def test_ids_are_taken_only_where_they_look_like_ids(body, id_, remote_id):
    assert classify(201, {}, json.dumps(body).encode()) == Result(
        became=CreateResult.CREATED, status=201, id=id_, remote_id=remote_id
    )


@pytest.mark.parametrize("body", [b"", b"{", b"9" * 5000, b"\x00", HTML])
def test_a_2xx_is_created_whatever_its_body(body):
    assert classify(204, {}, body) == Result(became=CreateResult.CREATED, status=204)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After": "99999"}, 3600),
        ({"Retry-After": "inf"}, 3600),
        ({"Retry-After": "-3"}, 0),
        ({"Retry-After": "nan"}, 60),
        ({"Retry-After": "soon"}, 60),
        ({"X-RateLimit-Reset": "1000000030", "Date": "Sun, 09 Sep 2001 01:46:40 GMT"}, 30),
        ({"X-RateLimit-Reset": "1000000030"}, 60),
        ({"X-RateLimit-Reset": "1", "Date": "Sun, 09 Sep 2001 01:46:40 GMT"}, 60),
        ({}, 60),
    ],
)
def test_a_429_says_how_long_to_wait(headers, seconds):
    assert classify(429, headers, b"anything") == Throttled(retry_after=seconds)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"detail": "no \\u0007such\\n job"}', "no such job"),
        (b'{"error": "x"}', '{"error": "x"}'),
        (b'{"detail": [{"loc": ["query", "page_size"], "msg": "too large"}]}', "query.page_size: too large"),
        (b'{"detail": [1]}', '{"detail": [1]}'),
        (b"<h1>\n  Bad\t\x1b[31mgateway\xe2\x80\xae</h1>", "<h1> Bad [31mgateway</h1>"),
        (b"", ""),
    ],
)
def test_errors_are_put_into_words(body, words):
    assert explain(body) == words


@pytest.mark.parametrize(("body", "words"), [(b"", "no body"), (b"down", "down")])
def test_what_became_uncertain_says_what_the_answer_was(body, words):
    assert classify(500, {}, body).detail == f"the answer was 500: {words}"


def faults(*entries, **options):
    return classify(422, {}, json.dumps({"detail": entries}).encode(), **options).faults


def test_the_words_of_an_objection_and_its_fields_are_cleaned():
    entry = {"loc": ["body", "offices", 1], "msg": "closed"}
    assert faults(entry, clean=str.upper) == (FieldFault(loc=("OFFICES", 1), message="CLOSED"),)


def test_no_more_objections_are_read_than_a_person_would():
    assert len(faults(*[{"loc": ["body", "name"], "msg": "m"}] * 60)) == 50


def test_no_field_is_named_deeper_than_a_person_would():
    (fault,) = faults({"loc": ["body", *"abcdefghijklm"], "msg": "m"})
    assert fault.loc == tuple("abcdefghij")


@pytest.mark.parametrize(
    ("part", "is_named"),
    [
        ("a", True),
        (0, True),
        (10**9, True),
        (-(10**9), True),
        (10**9 + 1, False),
        (1.5, False),
        (None, False),
    ],
)
def test_a_part_of_a_field_that_is_neither_a_name_nor_an_index_is_left_out(part, is_named):
    (fault,) = faults({"loc": ["body", "offices", part], "msg": "m"})
    assert fault.loc == ("offices", *[part] * is_named)


def test_a_long_body_is_shown_by_its_beginning():
    assert explain(b"a" * 5000) == "a" * 199 + "…"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("body") | st.just(UUID),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["detail", "loc", "msg", "id", "remote_id", "data", "job"]) | st.text(), inner
        )
    ),
    max_leaves=12,
)
header_values = st.dictionaries(
    st.sampled_from(["date", "Retry-After", "x-ratelimit-reset", "Content-Type"]), st.text(), max_size=4
)


@given(
    status=st.integers(100, 999),
    headers=header_values,
    body=st.binary() | json_values.map(lambda value: json.dumps(value).encode()),
)
def test_no_answer_raises_and_what_may_have_arrived_is_never_settled(status, headers, body):
    answer = classify(status, headers, body)
    if status in (408, 409) or not (200 <= status < 300 or 400 <= status < 500):
        assert verdict(answer) == "uncertain"
    assert (verdict(answer) == "created") == (200 <= status < 300)
    assert isinstance(answer, Throttled) == (status == 429)
    if verdict(answer).startswith("rejected"):
        json.loads(body)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindbee_sync.bindbee.models import Connector, Job, PostedUrl, User, provider_of


def job(**fields):
    return Job.model_validate({"id": "j", **fields})


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, None),
        ([], ()),
        (["a", {"id": "b", "name": "B"}, None], ("a", "b")),
        ("a", ("a",)),
        ({"id": 7}, ("7",)),
        ([{"name": "B"}], ('{"name": "B"}',)),
    ],
)
@pytest.mark.parametrize("field", ["departments", "offices", "hiring_managers", "recruiters"])
def test_references(field, value, read):
    assert getattr(job(**{field: value}), field) == read


def test_job_posting_urls():
    urls = ["https://a", {"value": "https://b", "url_type": "JOB_POSTING"}, None, 5, PostedUrl(value="c")]
    assert job(job_posting_urls=urls).job_posting_urls == (
        PostedUrl(value="https://a"),
        PostedUrl(value="https://b", url_type="JOB_POSTING"),
        PostedUrl(value="5"),
        PostedUrl(value="c"),
    )


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, None),
        ("", ""),
        ("x", "x"),
        (7, "7"),
        (True, "true"),
        ({"en": "x"}, '{"en": "x"}'),
        ("\ud800", "?"),
    ],
)
def test_text(value, read):
    assert job(name=value).name == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("yesterday", None),
        ({}, None),
        (1e300, None),
        (None, None),
    ],
)
@pytest.mark.parametrize("field", ["modified_at", "remote_created_at"])
def test_moments(field, value, read):
    assert getattr(job(**{field: value}), field) == read


@pytest.mark.parametrize(
    ("value", "read"), [(True, True), (False, False), (None, None), ("hidden", True), ({}, True)]
)
def test_what_confidential_says_counts_as_yes_where_it_can_not_be_read(value, read):
    assert job(confidential=value).confidential is read


def test_disabled_is_unknown_where_it_can_not_be_read():
    assert User.model_validate({"id": "u", "disabled": "perhaps"}).disabled is None


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_raw_data_that_is_no_object_is_none(value):
    assert job(raw_data=value).raw_data is None
    assert job(raw_data=value).template_flag is None


@pytest.mark.parametrize("slug", ["greenhouse", "green-house", "Green_House"])
def test_provider_of(slug):
    assert provider_of(slug) == "greenhouse"


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({}, (None, None, None)),
        ({"origin_id": None, "end_user": None, "is_active": None}, (None, None, None)),
        ({"origin_id": "cust-8812", "end_user": "Acme", "is_active": True}, ("cust-8812", "Acme", True)),
        (
            {"origin_id": 8812, "end_user": {"name": "Acme"}, "is_active": "no"},
            ("8812", '{"name": "Acme"}', False),
        ),
        ({"is_active": "perhaps"}, (None, None, None)),
    ],
)
def test_a_connector_is_read_whatever_it_says_of_its_customer(fields, read):
    known = {"id": "c", "status": "COMPLETE", "integration_slug": "greenhouse"}
    found = Connector.model_validate(known | fields)
    assert (found.origin_id, found.end_user, found.is_active) == read

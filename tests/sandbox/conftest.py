from __future__ import annotations

import ssl

import httpx
import pytest

from bindbee_sync.sandbox import seed


@pytest.fixture
def api(sandbox):
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "x-connector-token": sandbox.connector_token}
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(base_url=sandbox.url, headers=headers, verify=no_certificates) as client:
        yield client


@pytest.fixture
def order():
    return {
        "name": "Sales Manager",
        "code": "SAL-900",
        "template_id": seed.template_id("Template: People Manager"),
        "remote_user_id": seed.user_id("jonas.weber"),
        "openings": 2,
        "departments": [seed.department_id("Marketing")],
        "offices": [seed.office_id("London"), seed.office_id("Berlin")],
    }

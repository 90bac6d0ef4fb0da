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
    return order_of(seed.company(1))


def order_of(company):
    return {
        "name": "Sales Manager",
        "code": "SAL-900",
        "template_id": company.template_id("Template: People Manager"),
        "remote_user_id": company.user_id("jonas.weber"),
        "openings": 2,
        "departments": [company.department_id("Marketing")],
        "offices": [company.office_id("London"), company.office_id("Berlin")],
    }


@pytest.fixture
def ask(fleet):
    """Send a request with the token of a connector: its number, or the token itself; None sends none."""
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with httpx.Client(base_url=fleet.url, verify=no_certificates) as client:

        def send(whose, method, path, **options):
            token = seed.company(whose).token if isinstance(whose, int) else whose
            headers = {"Authorization": f"Bearer {fleet.api_key}"}
            return client.request(
                method,
                path,
                headers=headers | ({"x-connector-token": token} if token else {}),
                **options,
            )

        send.order = lambda number: order_of(seed.company(number))
        yield send

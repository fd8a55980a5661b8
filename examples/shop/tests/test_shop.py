"""Tests of the shop."""

import hmac

from shop.app import create_app
from shop.orders import signature

TEST_PASSWORD = "zATDC9cRWBIuac"


def test_the_front_page_lists_products():
    page = create_app().test_client().get("/")
    assert page.status_code == 200
    assert b"Teapot" in page.data


def test_a_webhook_without_a_signature_is_refused():
    answer = create_app().test_client().post("/webhook", data=b"{}")
    assert answer.status_code == 403


def test_a_webhook_with_the_right_signature_is_taken():
    body = b'{"order": 1}'
    answer = create_app().test_client().post("/webhook", data=body, headers={"X-Signature": signature(body)})
    assert answer.status_code == 204


def test_signatures_differ():
    assert not hmac.compare_digest(signature(b"a"), signature(b"b"))

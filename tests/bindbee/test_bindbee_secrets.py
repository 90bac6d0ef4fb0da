from __future__ import annotations

import html
import io
import json
import logging
import pickle
import traceback
from urllib.parse import quote, quote_plus

import pytest
from bindbee_servers import ScriptedServer, Step, answer, client, connector, kind, page
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bindbee_sync.bindbee.client import Bindbee
from bindbee_sync.bindbee.models import Connector
from bindbee_sync.bindbee.redaction import redactor
from bindbee_sync.create_result import CreateResult
from bindbee_sync.errors import ApiError, ConfigError

TOKEN = "tok/+=&'\"<%~\\^123456789"  # noqa: S105 (of no connector)
KEY = "key:{}[]|`?#;,@987654321"
MIDDLES = ("123456789", "987654321")


def encodings(secret):
    once = quote(secret, safe="")
    return [
        secret,
        once,
        once.lower(),
        quote(once, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret),
        json.dumps(json.dumps(secret)),
        secret.replace("/", "\\/"),
        html.escape(secret),
        "".join(f"&#{ord(c)};" for c in secret),
        "".join(f"\\u{ord(c):04X}" for c in secret),
        "\x00".join(secret),
        "\u200b".join(secret),
    ]


LEAKS = [form for secret in (TOKEN, KEY) for form in encodings(secret)]


def assert_clean(text):
    assert not any(middle in text for middle in MIDDLES), text
    assert "%7E" not in text
    assert "&#" not in text
    assert "\\u00" not in text


@pytest.mark.parametrize("leak", LEAKS)
def test_no_form_of_a_secret_passes(leak):
    clean = redactor(KEY, TOKEN)
    assert clean(f"a {leak} b") in (
        "a [redacted] b",
        'a "[redacted]" b',
        'a "\\"[redacted]\\"" b',
        'a "\\"[redacted]" b',
    )


@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12), rest=st.text())
def test_no_secret_passes_whatever_surrounds_it(secret, rest):
    assert secret not in redactor(secret)(f"{rest}{secret}{rest}")


@pytest.mark.parametrize("length", [150, 195, 990, 19_980, 19_990, 20_000])
@pytest.mark.parametrize("filler", ["x", " ", "\x00"])
def test_no_half_of_a_secret_is_left_where_a_text_is_cut(filler, length):
    clean = redactor(KEY, TOKEN)
    assert "tok/+=" not in clean(filler * length + TOKEN + "x" * 5000)


@pytest.mark.parametrize(
    "echo",
    [
        '{"connector_token": "%s"}',
        '{"connector_token":"%s',
        "{'connector_token': '%s'}",
        '{\\"connector_token\\": \\"%s\\"}',
        "/connectors?connector_token=%s&page_size=1",
        "connector_token%%3D%s",
        "X-Connector-Token: %s",
    ],
)
def test_tokens_of_others_that_bindbee_echoes_are_taken_out(echo):
    assert "someoneelses" not in redactor(KEY, TOKEN)(echo % "someoneelses-token")


def test_words_about_the_token_stay():
    words = "query.connector_token: Field required"
    assert redactor(KEY, TOKEN)(words) == words


@pytest.mark.parametrize("call", [Bindbee.connector, Bindbee.jobs, Bindbee.resync])
@pytest.mark.parametrize(
    "reply",
    [
        lambda leak: answer(401, {"detail": leak}),
        lambda leak: answer(403, f"<html>{leak}".encode()),
        lambda leak: answer(422, {"detail": [{"loc": ["query", leak], "msg": leak}]}),
        lambda leak: answer(302, b"", Location=f"/x?y={quote(leak)}"),
        lambda leak: answer(200, f"<html>{leak}".encode()),
        lambda leak: Step(answer(404, leak.encode()[:-2], Content_Length=999).data, close=True),
        lambda leak: Step(f"HTTP/1.1 {leak}\r\n\r\n".encode(), close=True),
    ],
)
@pytest.mark.parametrize("leak", [TOKEN, KEY, quote(TOKEN, safe="")])
def test_no_error_of_a_read_holds_a_secret(call, reply, leak):
    with ScriptedServer(*[reply(leak)] * 5) as server, client(server, key=KEY, token=TOKEN) as api:
        try:
            call(api)
        except ApiError as caught:
            error = caught
        else:
            assert call is Bindbee.resync
            return
        assert error.__cause__ is None
        assert error.__context__ is None
        shown = "".join(traceback.format_exception(error))
        assert_clean(f"{error} {error!r} {error.args} {error.hint} {error.where} {shown} {api!r}")


@pytest.mark.parametrize(
    "reply",
    [
        lambda leak: answer(400, {"detail": leak}),
        lambda leak: answer(422, {"detail": [{"loc": ["body", leak], "msg": leak}]}),
        lambda leak: answer(500, f"<html>{leak}".encode()),
        lambda leak: Step(f"HTTP/1.1 {leak}\r\n\r\n".encode(), close=True),
    ],
)
@pytest.mark.parametrize("leak", LEAKS[:3])
def test_no_answer_of_a_create_holds_a_secret(reply, leak):
    with ScriptedServer(reply(leak)) as server, client(server, key=KEY, token=TOKEN) as api:
        result = api.create_job(b"{}")
    assert kind(result) in {CreateResult.REJECTED, CreateResult.UNCERTAIN}
    assert_clean(repr(result))


def test_an_item_that_can_not_be_read_is_not_shown():
    broken = connector(connector_token=TOKEN, id=None, status=[TOKEN])
    with (
        ScriptedServer(page(broken)) as server,
        client(server, key=KEY, token=TOKEN) as api,
        pytest.raises(ApiError, match=r"Connector\.id") as caught,
    ):
        api.connector()
    assert_clean("".join(traceback.format_exception(caught.value)))
    assert caught.value.__context__ is None


def test_a_validation_error_does_not_show_what_it_read():
    with pytest.raises(ValidationError) as caught:
        Connector.model_validate({"id": [TOKEN], "connector_token": [TOKEN]})
    assert_clean(str(caught.value))


def test_a_connector_has_no_token():
    listed = page(connector(connector_token=TOKEN))
    with ScriptedServer(listed) as server, client(server, key=KEY, token=TOKEN) as api:
        found = api.connector()
    assert_clean(f"{found} {vars(found)} {found.model_dump_json()}")
    assert_clean(pickle.dumps(found).decode(errors="replace"))


@pytest.mark.parametrize("leak", [TOKEN, KEY, f"a {TOKEN} b {KEY}"])
def test_no_field_of_an_answer_holds_a_secret(leak):
    """Also where it is within another text, in a key, or deep in what the ATS itself answered."""
    listed = connector(connector_token=TOKEN, status=leak, end_user=leak, origin_id=leak, id=leak)
    raw = {leak: [{"connector_token": leak}], "is_template": False}
    job = {
        "id": leak,
        "name": leak,
        "status": leak,
        "description": leak,
        "raw_data": raw,
        "departments": [leak],
    }
    pages = (
        page(listed),
        page(job),
        page({"id": "u", "name": leak, "email": leak}),
        answer(200, {leak: [leak]}),
    )
    with ScriptedServer(*pages) as server, client(server, key=KEY, token=TOKEN) as api:
        found = [api.connector(), api.jobs(), api.users(), api.passthrough("/v1/jobs", {})]
    assert "***" in repr(found)
    assert_clean(repr(found))


def test_a_secret_of_few_characters_does_not_change_what_is_listed():
    with (
        ScriptedServer(page({"id": "d", "name": "Sales"})) as server,
        client(server, key="a", token="e") as api,  # noqa: S106 - the shortest there are
    ):
        assert api.departments()[0].name == "Sales"


def test_no_secret_reaches_a_log():
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = [name for name in logging.root.manager.loggerDict if name.startswith(("httpx", "httpcore"))]
    try:
        logging.basicConfig(level=logging.DEBUG, stream=stream, force=True)
        listed = page(connector(connector_token=TOKEN))
        with (
            ScriptedServer(listed, answer(201, {})) as server,
            client(server, key=KEY, token=TOKEN) as api,
        ):
            for name in names:
                logging.getLogger(name).setLevel(logging.DEBUG)
            api.connector()
            api.create_job(b"{}")
        logging.getLogger("other").debug("this is seen")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name in names:
            logging.getLogger(name).setLevel(logging.NOTSET)
    assert "this is seen" in stream.getvalue()
    assert "http" not in stream.getvalue().replace("other", "")
    assert_clean(stream.getvalue())


@pytest.mark.parametrize(
    "bad", ["", " ", "abc\n", "ab\ncd", "ab\r\nX: y", "ab cd", "töken", "a\x00b", "a\x7f"]
)
@pytest.mark.parametrize("variable", ["BINDBEE_API_KEY", "BINDBEE_CONNECTOR_TOKEN"])
def test_a_secret_that_no_header_can_carry_is_refused_without_showing_it(variable, bad):
    secrets = {"key" if variable == "BINDBEE_API_KEY" else "token": f"{bad}123456789" if bad.strip() else bad}
    with pytest.raises(ConfigError) as caught:
        client("http://127.0.0.1:1", **secrets)
    error = caught.value
    assert variable in error.message
    assert error.__context__ is None
    assert_clean(f"{error!r} {error.hint} {error.where}")

"""Only our own page and whoever has the key may come in."""

import json

import aiohttp
import pytest

KEY = "a-key"
TOKEN = "4242:AAplayground"
ELSEWHERE = "http://evil.example"


@pytest.mark.parametrize("path", ["/", f"/?key={KEY}x", "/file/x", "/control/calls"])
async def test_a_wrong_key_is_turned_away_with_a_sentence(http, path):
    async with http.get(path) as answer:
        assert answer.status == 403
        assert "key" in await answer.text()


async def test_the_right_key_opens_the_page_and_its_parts_need_none(http):
    async with http.get(f"/?key={KEY}") as page:
        assert (page.status, page.content_type) == (200, "text/html")
    async with http.get("/page.js") as script:
        assert (script.status, script.content_type) == (200, "text/javascript")
    async with http.get("/page.css") as style:
        assert (style.status, style.content_type) == (200, "text/css")


@pytest.mark.parametrize("path", ["/index.html", "/%2e%2e/server.py", "/server.py"])
async def test_nothing_else_is_served(http, path):
    async with http.get(path) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", [f"/?key={KEY}", "/page.js", f"/control/calls?key={KEY}"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", ""])
async def test_a_foreign_host_is_turned_away(http, path, host):
    async with http.get(path, headers={"Host": host}) as answer:
        assert answer.status in {400, 403}


async def test_the_bot_may_use_any_name_of_the_loopback_but_no_other(http):
    for host, status in [("127.0.0.2:99", 200), ("localhost", 200), ("evil.example", 403)]:
        async with http.get(f"/bot{TOKEN}/getMe", headers={"Host": host}) as answer:
            assert answer.status == status


async def test_a_foreign_origin_is_turned_away_even_with_the_key(http):
    async with http.post(f"/control/say?key={KEY}", headers={"Origin": ELSEWHERE}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("key", "origin", "status"),
    [("wrong", "", 403), (KEY, ELSEWHERE, 403), (KEY, None, 403), (KEY, "null", 403)],
)
async def test_a_socket_needs_our_origin_and_the_key(http, address, key, origin, status):
    headers = {} if origin is None else {"Origin": origin or address}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"/socket?key={key}", headers=headers)
    assert refused.value.status == status


@pytest.mark.parametrize("path", [f"/?key={KEY}", "/page.js", "/", "/nowhere"])
async def test_every_answer_to_a_browser_keeps_the_page_to_itself(http, path):
    async with http.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Server" not in answer.headers


async def test_a_file_is_shown_to_who_has_the_key_and_never_as_a_page(playground, http):
    content = b"<script>alert(1)</script>"
    file = playground.chats.add_file("documents", "a.html", "text/html", content)

    async with http.get(f"/file/{file.file_id}?key={KEY}") as answer:
        assert (answer.status, answer.content_type) == (200, "application/octet-stream")
        assert answer.headers["Content-Disposition"] == "attachment"
        assert await answer.read() == content
    async with http.get(f"/file/bot{TOKEN}/{file.path}") as answer:
        assert await answer.read() == content


async def test_no_answer_shows_the_token_or_the_key(http):
    async with http.get(f"/bot{TOKEN}x/getMe") as answer:
        assert TOKEN not in json.dumps(await answer.json())

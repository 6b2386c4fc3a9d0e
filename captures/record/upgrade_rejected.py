"""Requests to become a WebSocket that a server turns down, one connection each, and one that it redirects.

usage: upgrade_rejected.py server ADDRESS PORT
       upgrade_rejected.py client ADDRESS PORT

Needs the packages `tornado` (server) and `websockets` (client); upgrade_rejected.sh says which versions. What the server
answers to a foreign origin, an unknown path, a wrong version and a missing key is Tornado's own answer.
"""

import asyncio
import socket
import sys


async def run_server(address, port):
    from tornado import web, websocket

    class Chat(websocket.WebSocketHandler):
        def open(self):
            self.write_message("welcome")

    class Members(websocket.WebSocketHandler):
        def prepare(self):
            self.set_status(401)
            self.set_header("WWW-Authenticate", 'Bearer realm="members"')
            self.finish("log in first\n")

    class Page(web.RequestHandler):
        def get(self):
            self.write("<!doctype html>\n<title>A page, not a WebSocket</title>\n")

    web.Application(
        [
            ("/chat", Chat),
            ("/members", Members),
            ("/page", Page),
            ("/old-chat", web.RedirectHandler, {"url": "/chat", "permanent": False}),
        ]
    ).listen(port, address)
    print("ready", flush=True)
    await asyncio.Event().wait()


async def run_client(address, port):
    base = f"ws://{address}:{port}"
    await turned_down(base + "/chat", 403, origin="https://elsewhere.example")
    await turned_down(base + "/nothing-here", 404)
    await turned_down(base + "/members", 401)
    await turned_down(base + "/page", 200)
    # Requests that no library sends: a version of before the standard, and one without a key.
    assert by_hand(address, port, "Sec-WebSocket-Version: 8\r\n", key="AQIDBAUGBwgJCgsMDQ4PEA==") == 426
    assert by_hand(address, port, "Sec-WebSocket-Version: 13\r\n") == 400
    await redirected(base + "/old-chat")


async def turned_down(uri, status, origin=None):
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    try:
        async with connect(uri, origin=origin, ping_interval=None):
            raise AssertionError(f"{uri} took the request")
    except InvalidStatus as answer:
        assert answer.response.status_code == status, answer


async def redirected(uri):
    from websockets.asyncio.client import connect

    async with connect(uri, ping_interval=None) as connection:
        assert await connection.recv() == "welcome"


def by_hand(address, port, version, key=None):
    request = f"GET /chat HTTP/1.1\r\nHost: {address}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{version}"
    if key:
        request += f"Sec-WebSocket-Key: {key}\r\n"
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.sendall(request.encode() + b"\r\n")
        return int(connection.recv(4096).split()[1])


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    asyncio.run(run_server(address, port) if role == "server" else run_client(address, port))


main()

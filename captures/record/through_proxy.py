"""Talks to an echo over WebSocket through a proxy, and is turned down once.

usage: through_proxy.py tunnel PROXY-URI ORIGIN-URI     (an HTTP proxy with CONNECT; it lets nobody but port 8000 through)
       through_proxy.py reverse URI                     (a reverse proxy: /right works, /forgotten does not)

Needs the package `websockets`; the scripts that start this say which version.
"""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidProxyStatus, InvalidStatus


async def talk(uri, proxy=None):
    async with connect(uri, proxy=proxy, compression=None, ping_interval=None) as connection:
        for said in ["hello through the proxy", '{"seats": 2, "row": "K"}']:
            await connection.send(said)
            assert await asyncio.wait_for(connection.recv(), 10) == said
        await connection.close(1000, "that is all")


async def turned_down(uri, expected, proxy=None):
    try:
        await talk(uri, proxy)
    except (InvalidStatus, InvalidProxyStatus) as answer:
        assert answer.response.status_code == expected, answer
    else:
        raise AssertionError(f"{uri} was not turned down")


async def main(way, *addresses):
    if way == "tunnel":
        proxy, origin = addresses
        await talk(f"{origin}:8000/echo", proxy)
        await turned_down(f"{origin}:8001/echo", 403, proxy)
    else:
        await talk(f"{addresses[0]}/right")
        await turned_down(f"{addresses[0]}/forgotten", 426)


asyncio.run(main(*sys.argv[1:]))

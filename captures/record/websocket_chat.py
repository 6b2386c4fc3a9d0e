"""A chat over WebSocket (RFC 6455): a server that tells everybody what anybody says, and two people.

usage: websocket_chat.py server ADDRESS PORT
       websocket_chat.py person ADDRESS PORT NAME

Needs the package `websockets`; websocket_chat.sh says which version.
"""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast, serve

PEOPLE = set()


async def attend(connection):
    PEOPLE.add(connection)
    try:
        await connection.send("welcome")
        async for message in connection:
            broadcast(PEOPLE, message)
    finally:
        PEOPLE.discard(connection)


async def run_server(address, port):
    # The library's own heartbeat is off: the pings in this sample are sent on purpose, by the people.
    async with serve(attend, address, port, ping_interval=None, compression=None) as server:
        print("ready", flush=True)
        await server.serve_forever()


async def person(address, port, name):
    uri = f"ws://{address}:{port}/chat?name={name}"
    async with connect(uri, ping_interval=None, compression=None) as connection:
        assert await connection.recv() == "welcome"
        await {"ada": ada, "grace": grace}[name](connection)


async def ada(connection):
    await hear(connection, "grace: hello")
    await connection.send("ada: hello grace, höre ich dich? ✓")
    await hear(connection, "ada: hello grace, höre ich dich? ✓")
    await (await connection.ping(b"are you there?"))
    # Longer than 125 bytes, so that the length takes two more bytes (RFC 6455 section 5.2).
    letter = "ada: " + "a long letter " * 40
    await connection.send(letter)
    await hear(connection, letter)
    await hear(connection, bytes(range(32)))
    await connection.close(1000, "bye")


async def grace(connection):
    await connection.send("grace: hello")
    await hear(connection, "grace: hello")
    await hear(connection, "ada: hello grace, höre ich dich? ✓")
    await connection.recv()
    await connection.send([b"\x00\x01\x02\x03", bytes(range(4, 32))])
    await hear(connection, bytes(range(32)))
    await connection.close(1001, "going home")


async def hear(connection, expected):
    heard = await asyncio.wait_for(connection.recv(), 10)
    assert heard == expected, heard


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    asyncio.run(run_server(address, port) if role == "server" else person(address, port, sys.argv[4]))


main()

"""Asks a server about the weather over WebSocket, compressed with permessage-deflate (RFC 7692).

usage: websocket_compressed.py ADDRESS PORT

Needs the package `websockets`; websocket_compressed.sh says which version.
"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect


async def ask(connection, question, answers=1):
    await connection.send(json.dumps(question))
    return [json.loads(await asyncio.wait_for(connection.recv(), 10)) for _ in range(answers)]


async def main(address, port):
    async with connect(f"ws://{address}:{port}/weather", ping_interval=None) as connection:
        assert json.loads(await connection.recv()) == {"hello": "weather"}
        # The second question and its answers refer back to the first ones: context takeover.
        for city in ["Reykjavík", "Tromsø"]:
            answers = await ask(connection, {"ask": "forecast", "city": city}, answers=3)
            assert [answer["day"] for answer in answers] == [1, 2, 3], answers
        assert await ask(connection, {"ask": "ping"}) == [{"pong": True}]
        # One message in three WebSocket frames: compressed as a whole, and only its first frame says so.
        pieces = ['{"ask": "echo", "text": "', "rain, " * 100, 'sun"}']
        await connection.send(pieces)
        assert json.loads(await connection.recv()) == {"echo": json.loads("".join(pieces))}
        # Bytes that repeat, and bytes that nothing can shorten.
        for data in [bytes(1000), bytes(pow(3, n, 257) % 256 for n in range(256))]:
            await connection.send(data)
            assert await connection.recv() == data
        await connection.close(1000, "enough weather")


asyncio.run(main(sys.argv[1], int(sys.argv[2])))

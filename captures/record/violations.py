"""A client on a bare socket that breaks one rule of RFC 6455 in each connection, and a server that keeps them all.

usage: violations.py server ADDRESS PORT
       violations.py client ADDRESS PORT

The server needs the package `websockets`; violations.sh says which version. The client holds the close code of the
answer against the one that is due.
"""

import asyncio
import socket
import struct
import sys

FIN, RSV1, MASKED = 0x80, 0x40, 0x80
CONTINUATION, TEXT, CLOSE, PING = 0x0, 0x1, 0x8, 0x9
KEY = bytes([0x37, 0xFA, 0x21, 0x3D])


def frame(opcode, payload, flags=FIN, masked=True, length=None):
    """One frame as RFC 6455 section 5.2 draws it; `length` is the length field, where it is not to be the shortest."""
    if length is None:
        short = len(payload) < 126
        length = bytes([len(payload)]) if short else b"\x7e" + struct.pack(">H", len(payload))
    if not masked:
        return bytes([flags | opcode]) + length + payload
    head = bytes([flags | opcode, length[0] | MASKED]) + length[1:]
    return head + KEY + bytes(byte ^ KEY[n % 4] for n, byte in enumerate(payload))


def close(code, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


# Name (it becomes the path), what is sent, the close code of the answer.
BROKEN = [
    ("unmasked", frame(TEXT, b"not masked", masked=False), 1002),
    ("reserved-bit", frame(TEXT, b"compressed?", flags=FIN | RSV1), 1002),
    ("reserved-opcode", frame(0x3, b"what is this?"), 1002),
    ("fragmented-ping", frame(PING, b"half a pi", flags=0), 1002),
    ("long-ping", frame(PING, b"p" * 126), 1002),
    ("continuation-of-nothing", frame(CONTINUATION, b"and so on"), 1002),
    ("message-in-message", frame(TEXT, b"first, ", flags=0) + frame(TEXT, b"no, second"), 1002),
    ("not-utf-8", frame(TEXT, b"caf\xe9"), 1007),
    ("close-code-1005", close(1005, b"no code"), 1002),
    ("close-code-cut", frame(CLOSE, b"\x03"), 1002),
    ("close-reason-not-utf-8", close(1000, b"\xff\xfe"), 1007),
    # The library takes a length that is longer than need be, and passes over what comes after a Close frame.
    ("long-length", frame(TEXT, b"hello", length=b"\x7e\x00\x05") + close(1000), 1000),
    ("after-close", close(1000, b"bye") + frame(TEXT, b"one more thing"), 1000),
]


async def attend(connection):
    async for message in connection:
        await connection.send(message)


async def run_server(address, port):
    from websockets.asyncio.server import serve

    async with serve(attend, address, port, compression=None, ping_interval=None, close_timeout=2) as server:
        print("ready", flush=True)
        await server.serve_forever()


def visit(address, port, name, broken):
    request = (
        f"GET /{name} HTTP/1.1\r\nHost: {address}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.sendall(request.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        connection.sendall(broken)
        code = close_code(connection)
        if broken[0] & 0x0F != CLOSE and code != 1000:
            # As a client should that has not sent a Close frame yet. The server closes the connection in any case.
            connection.sendall(close(code))
        while connection.recv(4096):
            pass
        return code


def close_code(connection):
    """The code of the server's Close frame, past whatever comes before it. Its frames are short and not masked."""
    heard = b""
    while True:
        while len(heard) >= 2 and len(heard) >= 2 + heard[1]:
            opcode, payload, heard = heard[0] & 0x0F, heard[2 : 2 + heard[1]], heard[2 + heard[1] :]
            if opcode == CLOSE:
                return struct.unpack(">H", payload[:2])[0]
        more = connection.recv(4096)
        if not more:
            return None
        heard += more


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "server":
        asyncio.run(run_server(address, port))
        return
    for name, broken, expected in BROKEN:
        code = visit(address, port, name, broken)
        print(f"{name}: {code}")
        assert code == expected, f"{name}: answered with {code}, not {expected}"


main()

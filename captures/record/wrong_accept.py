"""A server whose 101 is wrong in four ways, and a client that gives up each time.

usage: wrong_accept.py server ADDRESS PORT
       wrong_accept.py client ADDRESS PORT

The client needs the package `websockets`; wrong_accept.sh says which version.
"""

import asyncio
import base64
import hashlib
import socket
import sys

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# What a server that sends the example of RFC 6455 section 1.3 to everybody says.
OF_THE_EXAMPLE = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def answers(key):
    right = base64.b64encode(hashlib.sha1(key + MAGIC).digest()).decode()
    return {
        "/wrong": [f"Sec-WebSocket-Accept: {OF_THE_EXAMPLE}"],
        "/none": [],
        "/extension": [f"Sec-WebSocket-Accept: {right}", "Sec-WebSocket-Extensions: permessage-deflate"],
        "/subprotocol": [f"Sec-WebSocket-Accept: {right}", "Sec-WebSocket-Protocol: graphql-ws"],
    }


def serve(address, port):
    with socket.create_server((address, port)) as listener:
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                attend(connection)


def attend(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(4096)
    lines = request.split(b"\r\n")
    key = next(line.split(b": ")[1] for line in lines if line.startswith(b"Sec-WebSocket-Key: "))
    path = lines[0].split()[1].decode()
    head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", *answers(key)[path]]
    connection.sendall("\r\n".join([*head, "", ""]).encode())
    # Until the client has given up.
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass


async def visit(address, port):
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidHandshake

    for path in answers(b""):
        try:
            async with connect(f"ws://{address}:{port}{path}", compression=None, ping_interval=None):
                raise AssertionError(f"{path} was taken")
        except InvalidHandshake as reason:
            print(f"{path}: {reason}")


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "server":
        serve(address, port)
    else:
        asyncio.run(visit(address, port))


main()

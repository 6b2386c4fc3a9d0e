"""A client that says something long, and a server that counts it. Standard library only.

usage: fragments.py server ADDRESS PORT
       fragments.py client ADDRESS PORT
"""

import socket
import sys

REQUEST = (
    b"POST /count HTTP/1.1\r\nHost: counter.example\r\nContent-Type: text/plain\r\nContent-Length: 4000\r\n\r\n"
    + b"".join(b"line %3d of the text\n" % n for n in range(200))[:4000].ljust(4000, b".")
)


def server(address, port):
    with socket.create_server((address, port)) as listening:
        print("ready", flush=True)
        with listening.accept()[0] as peer:
            received = 0
            while received < len(REQUEST):
                received += len(peer.recv(65536))
            answer = b"%d\n" % received
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
            peer.recv(1)


def client(address, port):
    with socket.create_connection((address, port)) as peer:
        peer.sendall(REQUEST)
        peer.recv(1000)


{"server": server, "client": client}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

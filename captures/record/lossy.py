"""Twenty kilobytes each way, and then a pause in which the server does not read. Standard library only.

usage: lossy.py server ADDRESS PORT
       lossy.py client ADDRESS PORT
"""

import socket
import sys
import time

SIZE = 20_000
# More than both ends can hold, so that the receiver's window closes.
FLOOD = 120_000


def server(address, port):
    with socket.create_server((address, port)) as listening:
        # Set before listening, so that the window is small from the beginning.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20_000)
        print("ready", flush=True)
        peer, _ = listening.accept()
        with peer:
            read(peer, SIZE)
            peer.sendall(bytes(SIZE))
            time.sleep(1.5)
            read(peer, FLOOD)


def client(address, port):
    with socket.create_connection((address, port)) as peer:
        peer.sendall(bytes(SIZE))
        read(peer, SIZE)
        peer.sendall(bytes(FLOOD))
        peer.shutdown(socket.SHUT_WR)
        peer.recv(1)


def read(peer, count):
    while count > 0:
        count -= len(peer.recv(min(count, 65536)) or exit_early())


def exit_early():
    raise SystemExit("the other end closed too early")


{"server": server, "client": client}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

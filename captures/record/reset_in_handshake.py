"""Handshakes that a RST ends, or nearly ends, before they are complete.

usage: reset_in_handshake.py scanner              in the client's namespace: a SYN without a socket behind it
       reset_in_handshake.py quiet-client         in the client's namespace: a SYN from an address of no system
       reset_in_handshake.py resetting-server     in the server's namespace: takes its SYN-ACK back
       reset_in_handshake.py confused-server      in the server's namespace: acknowledges a wrong number first
"""

import sys
import time

from crafted_peer import ACK, FIN, MSS_1460, RST, SYN, Peer

CLIENT, SERVER = "02:00:00:00:00:01", "02:00:00:00:00:02"


def scanner():
    # The client's system knows of no such connection, so its own TCP answers the SYN-ACK with a RST.
    peer = Peer("c0", (CLIENT, "192.0.2.1", 40001), (SERVER, "192.0.2.2", 7000))
    peer.send(SYN, 1000, options=MSS_1460)
    peer.expect(SYN | ACK)


def quiet_client():
    peer = Peer("c0", (CLIENT, "192.0.2.11", 40002), (SERVER, "192.0.2.12", 7000))
    peer.send(SYN, 2000, options=MSS_1460)
    peer.expect(RST)


def resetting_server():
    peer = Peer("s0", (SERVER, "192.0.2.12", 7000), (CLIENT, "192.0.2.11", 40002))
    print("ready", flush=True)
    seq, _ = peer.expect(SYN)
    peer.send(SYN | ACK, 5000, seq + 1, MSS_1460)
    time.sleep(0.05)
    peer.send(RST, 5001)
    time.sleep(1)


def confused_server():
    # RFC 9293 figure 8 seen from the other end: the client answers the wrong number with a RST and sends its SYN again.
    peer = Peer("s0", (SERVER, "192.0.2.12", 7001), (CLIENT, "192.0.2.1", 40003))
    print("ready", flush=True)
    seq, _ = peer.expect(SYN)
    peer.send(SYN | ACK, 6000, (seq + 100_000) % 2**32, MSS_1460)
    peer.expect(RST)
    seq, _ = peer.expect(SYN)
    peer.send(SYN | ACK, 7000, (seq + 1) % 2**32, MSS_1460)
    peer.expect(ACK)
    peer.expect(FIN | ACK)
    peer.send(FIN | ACK, 7001, (seq + 2) % 2**32)
    peer.expect(ACK)


def main():
    roles = {
        "scanner": scanner,
        "quiet-client": quiet_client,
        "resetting-server": resetting_server,
        "confused-server": confused_server,
    }
    roles[sys.argv[1]]()


main()

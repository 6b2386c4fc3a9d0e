"""Visits whose handshakes agree on more than usual. Standard library only; Linux.

usage: handshake_options.py server ADDRESS PORT
       handshake_options.py plain ADDRESS PORT
       handshake_options.py fast ADDRESS PORT         asks for a Fast Open cookie, or uses the one it has
       handshake_options.py multipath ADDRESS PORT    and waits until there is a second subflow
"""

import socket
import sys
import time

MPTCP = 262


def server(address, port):
    # A server of Multipath TCP serves those who do not speak it as well.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        try:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
        except OSError:
            pass
        listening.listen()
        print("ready", flush=True)
        while True:
            with listening.accept()[0] as visitor:
                while said := visitor.recv(100):
                    visitor.sendall(said)


def plain(address, port):
    with socket.create_connection((address, port)) as connection:
        talk(connection)


def fast(address, port):
    with socket.socket() as connection:
        connection.sendto(b"hello\n", socket.MSG_FASTOPEN, (address, port))
        assert connection.recv(100) == b"hello\n"
        talk(connection)


def multipath(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP) as connection:
        connection.connect((address, port))
        talk(connection)
        time.sleep(0.5)
        talk(connection)


def talk(connection):
    connection.sendall(b"how are you?\n")
    assert connection.recv(100) == b"how are you?\n"


roles = {"server": server, "plain": plain, "fast": fast, "multipath": multipath}
roles[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

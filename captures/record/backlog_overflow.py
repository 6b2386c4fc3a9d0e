"""A server that listens and never accepts, and clients who come all the same. Standard library only.

usage: backlog_overflow.py server ADDRESS PORT
       backlog_overflow.py clients ADDRESS PORT
"""

import socket
import sys
import time


def server(address, port):
    with socket.create_server((address, port), backlog=0):
        print("ready", flush=True)
        time.sleep(30)


def clients(address, port):
    waiting = [socket.create_connection((address, port)) for _ in range(3)]
    print("ready", flush=True)
    time.sleep(0.2)
    waiting[2].sendall(b"is anybody there?\n")
    time.sleep(8)
    for client in waiting:
        client.close()


{"server": server, "clients": clients}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))

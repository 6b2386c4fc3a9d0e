"""One attempt to connect, and what came of it. Standard library only.

usage: attempt.py ADDRESS PORT [SYN-RETRIES [LOCAL-PORT]]
"""

import socket
import sys


def main():
    address, port, *more = sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:])
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as attempt:
        if more:
            attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, more[0])
        if len(more) > 1:
            attempt.bind(("", more[1]))
        try:
            attempt.connect((address, port))
            print(f"{address} port {port}: connected")
        except OSError as error:
            print(f"{address} port {port}: {error.strerror}")


main()

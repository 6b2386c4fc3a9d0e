"""A small line protocol over TCP: the server greets and echoes. Standard library only.

usage: normal.py server ADDRESS PORT
       normal.py client ADDRESS PORT

The client's three visits end in the three ways a connection can end: the client closes, the server closes, the client
aborts.
"""

import socket
import struct
import sys
import time


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(address, port):
    with socket.create_server((address, port), family=family(address)) as listener:
        print("ready", flush=True)
        for _ in range(3):
            connection, _ = listener.accept()
            try:
                attend(connection)
            except ConnectionResetError:
                pass
            connection.close()


def attend(connection):
    connection.settimeout(10)
    connection.sendall(b"hello, say something\r\n")
    while line := connection.recv(4096):
        connection.sendall(b"you said: " + line)
        if line == b"goodbye\r\n":
            return


def visit(address, port, lines, last):
    with socket.create_connection((address, port), timeout=10) as connection:
        connection.recv(4096)
        for line in lines:
            time.sleep(0.02)
            connection.sendall(line)
            connection.recv(4096)
        last(connection)


def close_first(connection):
    connection.shutdown(socket.SHUT_WR)
    connection.recv(4096)


def let_server_close(connection):
    assert connection.recv(4096) == b""


def abort(connection):
    # Lingering for zero seconds turns close() into ABORT: a RST instead of a FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def main():
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "server":
        serve(address, port)
        return
    visit(address, port, [b"one\r\n", b"two " * 500 + b"\r\n"], close_first)
    visit(address, port, [b"three\r\n", b"goodbye\r\n"], let_server_close)
    visit(address, port, [b"four\r\n"], abort)


main()

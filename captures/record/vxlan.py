"""One end of a VXLAN tunnel (RFC 7348) for one other end, and what talks through it. Standard library only; needs root.

usage: vxlan.py DEVICE VNI ADDRESS OTHER-ADDRESS     a TAP device whose frames travel in VXLAN
       vxlan.py serve ADDRESS PORT                   greets one visitor
       vxlan.py visit ADDRESS PORT LOCAL-PORT        comes, listens, goes
"""

import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
VXLAN_PORT = 4789
VNI_IS_VALID = 0x08


def tunnel(device, vni, address, other):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TAP | IFF_NO_PI))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, VXLAN_PORT))
    header = struct.pack("!B3xI", VNI_IS_VALID, vni << 8)
    print("ready", flush=True)
    while True:
        for source in select.select([tap, udp], [], [])[0]:
            if source is udp:
                datagram = udp.recv(65535)
                if datagram[:8] == header:
                    os.write(tap, datagram[8:])
            elif (frame := os.read(tap, 65535))[12:14] != b"\x86\xdd":
                # The tunnel carries IPv4 and ARP: IPv6's own housekeeping is left out.
                udp.sendto(header + frame, (other, VXLAN_PORT))


def serve(address, port):
    with socket.create_server((address, port)) as listening:
        print("ready", flush=True)
        with listening.accept()[0] as visitor:
            visitor.sendall(b"hello from the overlay\n")


def visit(address, port, local_port):
    # The server closes first, so that the client's port is free for the next visit at once.
    with socket.create_connection((address, port), source_address=("", local_port)) as connection:
        while said := connection.recv(100):
            print(said.decode(), end="")


def main():
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1] == "visit":
        visit(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        tunnel(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])


main()

"""A TCP peer made by hand: sends and awaits single segments through a packet socket, beside the system's own TCP.
Standard library only; needs root. IPv4 over Ethernet.
"""

import select
import socket
import struct
import time

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
MSS_1460 = bytes([2, 4, 0x05, 0xB4])
ETHERTYPE_IPV4 = 0x0800


def internet_checksum(data):
    """RFC 1071: the one's complement of the one's complement sum of all 16-bit words."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Peer:
    """One end of one connection; `me` and `other` are (hardware address, IPv4 address, port)."""

    def __init__(self, interface, me, other):
        self.me, self.other = me, other
        self.identification = 1
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_IPV4))
        self.socket.bind((interface, 0))

    def send(self, flags, seq, ack=0, options=b"", data=b""):
        (my_mac, my_ip, my_port), (other_mac, other_ip, other_port) = self.me, self.other
        addresses = socket.inet_aton(my_ip) + socket.inet_aton(other_ip)
        offset = (20 + len(options)) // 4
        header = struct.pack("!HHIIBBHHH", my_port, other_port, seq, ack, offset << 4, flags, 64240, 0, 0)
        segment = header + options + data
        pseudo = addresses + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(segment))
        checksum = struct.pack("!H", internet_checksum(pseudo + segment))
        segment = segment[:16] + checksum + segment[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), self.identification, 0x4000, 64, 6, 0) + addresses
        ip = ip[:10] + struct.pack("!H", internet_checksum(ip)) + ip[12:]
        self.identification += 1
        ethernet = hardware(other_mac) + hardware(my_mac) + struct.pack("!H", ETHERTYPE_IPV4)
        self.socket.send(ethernet + ip + segment)

    def expect(self, flags, seconds=10):
        """Waits for the other end's next segment with exactly these flags and gives its seq and ack numbers."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                break
            frame = self.socket.recv(65535)
            source, destination, seq, ack, _, got = struct.unpack("!HHIIBB", frame[34:48])
            mine = frame[23] == socket.IPPROTO_TCP and frame[30:34] == socket.inet_aton(self.me[1])
            if mine and (source, destination) == (self.other[2], self.me[2]) and got & 0x3F == flags:
                return seq, ack
        raise SystemExit(f"no segment with flags {flags:#04x} came within {seconds} s")


def hardware(address):
    return bytes.fromhex(address.replace(":", ""))

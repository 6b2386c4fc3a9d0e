#!/usr/bin/env python3
"""Writes the seeds of the fuzz corpora from captures/: small, distinct beginnings for the fuzzer, replayed by cargo test.

Run it again after changing captures/; what the fuzzer itself found worth keeping lies beside the seeds under other names.
"""

import gzip
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
ETHERNET, NULL, RAW, SLL, SLL2 = 1, 0, 101, 113, 276


def frames(path):
    """The frames of a little-endian capture, pcap or pcapng."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                captured = struct.unpack_from("<I", data, at + 20)[0]
                yield data[at + 28 : at + 28 + captured]
            at += length
    else:
        at = 24
        while at < len(data):
            captured = struct.unpack_from("<I", data, at + 8)[0]
            yield data[at + 16 : at + 16 + captured]
            at += 16 + captured


def pcap(packets, magic=0xA1B23C4D, order="<"):
    """A capture in the old format, a millisecond between frames."""
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, ETHERNET)
    for number, packet in enumerate(packets):
        out += struct.pack(order + "IIII", 1_767_225_600, number * 1_000_000 % 10**9, len(packet), len(packet)) + packet
    return out


def pcapng(packets):
    """A capture in the new format."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", ETHERNET, 0, 0))
    for number, packet in enumerate(packets):
        head = struct.pack("<IIIII", 0, 0, number * 1000, len(packet), len(packet))
        out += block(6, head + packet)
    return out


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(content)


def frame_seeds(chat, ipv6):
    def seed(name, link_type, packet, cut=0):
        write("frame", name, struct.pack("<HB", link_type, cut) + packet)

    for number, name in [(1, "arp"), (3, "syn"), (4, "syn-ack"), (6, "data")]:
        seed(name, ETHERNET, chat[number - 1])
    seed("syn-ipv6", ETHERNET, ipv6[0])
    seed("snap-length", ETHERNET, chat[3][:60], cut=14)
    vlan = chat[2][:12] + bytes.fromhex("88a80001 81000002") + chat[2][12:]
    seed("vlan", ETHERNET, vlan)
    seed("raw", RAW, chat[2][14:])
    seed("null", NULL, struct.pack("<I", 2) + chat[2][14:])
    seed("sll", SLL, bytes.fromhex("00000001 0006 020000000001 0000 0800") + chat[2][14:])
    seed("sll2", SLL2, bytes.fromhex("0800 0000 00000001 0001 00 06 0200000000010000") + chat[2][14:])
    address = bytes.fromhex("20010db8000000000000000000000001")
    extensions = bytes.fromhex("2b000502 00000100 2c000400 00000000 06000001 00000009")
    tcp = ipv6[0][54:]
    payload = extensions + tcp
    header = struct.pack(">IHBB", 0x60000000, len(payload), 0, 64) + address + address
    seed("ipv6-extensions", RAW, header + payload)
    quoted = chat[2][14:42]
    icmp = bytes.fromhex("0304 0000 0000 0578") + quoted
    ipv4 = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), 7, 0, 64, 1, 0, b"\x0a\0\0\x09", b"\xc0\0\2\1")
    seed("icmp", RAW, ipv4 + icmp)
    seed("icmpv6-neighbour", RAW, struct.pack(">IHBB", 0x60000000, 32, 58, 255) + address + address
         + bytes.fromhex("87000000 00000000") + address + bytes.fromhex("0101020000000001"))


def capture_seeds(chat, ipv6, refused, reset):
    handshake = chat[2:6]
    contents = {
        "handshake-pcapng": pcapng(handshake),
        "handshake-big-endian-us": pcap(handshake, 0xA1B2C3D4, ">"),
        "refused": pcap(refused),
        "reset": pcap(reset),
        "ipv6-closed": pcap(ipv6[:3] + ipv6[15:19]),
        "gzip": gzip.compress(pcap(handshake), mtime=0),
        "cut-short": pcap(handshake)[:-9],
    }
    for name, content in contents.items():
        write("capture", name, content)
        if name != "reset":
            write("capture_file", name, content)


def main():
    captures = ROOT / "captures"
    chat = list(frames(captures / "websocket-chat.pcapng"))
    ipv6 = list(frames(captures / "normal-ipv6.pcap"))
    refused = list(frames(captures / "refused.pcap.gz"))
    reset = list(frames(captures / "reset-in-handshake.pcap"))
    frame_seeds(chat, ipv6)
    capture_seeds(chat, ipv6, refused, reset)


main()

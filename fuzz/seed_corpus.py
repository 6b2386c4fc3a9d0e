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


def stream_seeds():
    """Each seed: the number of the first octet, then events of five bytes as fuzz/bodies/stream.rs reads them."""
    def near(what, ahead, c, d):
        return struct.pack("<BHBB", what, 1024 + ahead, c, d)

    def anywhere(what, number, last=0):
        return struct.pack("<BI", what, number & 0xFFFFFF | last << 24)

    begin, begin_late = struct.pack("<BI", 7, 0x01020310), struct.pack("<BI", 7, 0x02000020)
    whole, finish, forget = struct.pack("<BBBH", 2, 99, 99, 0), bytes(5).replace(b"\0", b"\7", 1), struct.pack("<BI", 7, 0xFF)
    second = 30 << 3 & 0x7F | 4
    contents = {
        "in-order": begin + whole * 3 + near(4, 0, 0, 1) + forget + near(5, 0, 0, 1) + finish,
        "wrap-around": whole + near(0, 100, 6, 6) + near(0, 0, 7, 7) + near(5, 0, 0, 1),
        "swapped": begin + b"".join(near(0, ahead, 1, 2) for ahead in (68, 34, 17, 51, 0, 85)) + finish,
        "overlaps": begin + near(0, 40, 2, 3) + near(0, 20, 3, 4) + near(3, 10, 200, 200) + whole + near(3, -30, 90, 90),
        "cut-off": begin + near(0, 0, 8, 2) + near(1, 30, 9, 1) + near(0, 10, 9, 9) + near(5, 0, 0, 1),
        "missing": begin + near(0, 50, 1, 2) + near(4, 67, 0, 1) + near(second, 67, 0, 1) * 70 + finish + whole,
        "middle": near(4, 9, 0, 1) + near(5, 70, 0, 1) + near(0, -17, 1, 2) + near(0, -40, 2, 3) + begin_late + whole,
        "far-away": begin + whole + anywhere(6, 0x999999, 0x77) + anywhere(6, 0x10, 0x42) + anywhere(4, 0x123456) + whole + finish,
    }
    for name, content in contents.items():
        first = 0xFFFFFFF0 if name == "wrap-around" else 0x01020310
        write("stream", name, struct.pack("<I", first) + content)


def main():
    captures = ROOT / "captures"
    chat = list(frames(captures / "websocket-chat.pcapng"))
    ipv6 = list(frames(captures / "normal-ipv6.pcap"))
    refused = list(frames(captures / "refused.pcap.gz"))
    reset = list(frames(captures / "reset-in-handshake.pcap"))
    frame_seeds(chat, ipv6)
    capture_seeds(chat, ipv6, refused, reset)
    stream_seeds()


main()

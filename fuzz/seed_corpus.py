#!/usr/bin/env python3
"""Writes the seeds of the fuzz corpora from captures/: small, distinct beginnings for the fuzzer, replayed by cargo test.

Run it again after changing captures/; what the fuzzer itself found worth keeping lies beside the seeds under other names.
"""

import gzip
import pathlib
import struct
import zlib

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


def tunnel_seeds(chat, ipv6):
    def seed(name, packet):
        write("frame", name, struct.pack("<HB", ETHERNET, 0) + packet)

    frame, six = chat[2], ipv6[0]
    four, addresses = frame[14:], frame[:12]

    def outer(protocol, payload):
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0, b"\xcb\0\x71\1", b"\xcb\0\x71\2")
        return addresses + b"\x08\0" + header + payload

    def datagram(port, payload):
        return outer(17, struct.pack(">HHHH", 50_000, port, 8 + len(payload), 0) + payload)

    seed("vxlan", datagram(4789, bytes.fromhex("0800000000002a00") + frame))
    seed("vxlan-policy", datagram(8472, bytes.fromhex("8848000700002a00") + six))
    seed("vxlan-gpe", datagram(4790, bytes.fromhex("0c00000100002a00") + four))
    seed("geneve", datagram(6081, bytes.fromhex("0240655800002a00 01028001aabbccdd") + frame))
    seed("gtp", datagram(2152, struct.pack(">BBHI", 0x34, 255, 8 + len(four), 7) + bytes.fromhex("00000085 01100900") + four))
    seed("teredo", datagram(3544, bytes.fromhex("00010100 07 0000000000000000 00 0000fffef5fffffd") + six[14:]))
    seed("gre", outer(47, bytes.fromhex("b000080000000000 0000002a 00000009") + four))
    seed("gre-ethernet", outer(47, bytes.fromhex("2000655800002a01") + frame))
    seed("pptp", outer(47, struct.pack(">HHHHII", 0x3081, 0x880B, 4 + len(four), 7, 1, 2) + bytes.fromhex("ff030021") + four))
    seed("l2tp", datagram(1701, struct.pack(">HHHHH", 0x4202, 14 + len(four), 7, 9, 0) + bytes.fromhex("ff030021") + four))
    seed("erspan-1", outer(47, bytes.fromhex("000088be") + frame))
    seed("erspan-2", outer(47, bytes.fromhex("100088be00000001 1000000700000000") + frame))
    seed("erspan-3", outer(47, bytes.fromhex("100022eb00000001 200000070000000000000001 0000000000000000") + frame))
    seed("mpls", addresses + bytes.fromhex("8847 00010040 00002140") + four)
    seed("pseudo-wire", addresses + bytes.fromhex("8847 00010140 00000009") + frame)
    seed("pppoe", addresses + bytes.fromhex("8864 1100 0005") + struct.pack(">H", 2 + len(four)) + b"\0\x21" + four)
    seed("pppoe-discovery", addresses + bytes.fromhex("8863 1107 0000 000f 01010000 01020003 627221 01040000"))
    seed("nested", datagram(4789, bytes.fromhex("0800000000002a00") + outer(4, outer(41, six[14:])[14:])))


def link_seeds(chat):
    """One seed for each link type: its header in hexadecimal, and an IPv4 packet with a SYN behind it."""
    packet = chat[2][14:]
    snap = "aaaa030000000800"
    wifi = "08010000 020000000001 020000000002 020000000003 0000" + snap
    aggregate = "88020000 020000000001 020000000002 020000000003 0000 8000 020000000001 020000000003 0050" + snap
    cooked_netlink = "0004 0338" + "00" * 10 + "000c"
    length = len(packet) + 4
    payload = struct.pack("<HH", length, 9).hex()
    queued = struct.pack("<HH", length, 10).hex()
    message = struct.pack("<I", length + 20).hex()
    headers = {
        "80211": (105, wifi), "80211-aggregate": (105, aggregate),
        "radiotap": (127, "00001200 03000000 0102030405060708 1004" + wifi),
        "radiotap-padded": (127, "00000900 02000000 20" + "88010000" + wifi[8:-16] + " 0000 0000" + snap),
        "prism": (119, "44000000 90000000" + "00" * 136 + wifi), "avs": (163, "80211001 00000040" + "00" * 56 + wifi),
        "ppi": (192, "00002000 69000000 02001400" + "00" * 8 + "0100" + "00" * 10 + wifi),
        "pktap": (258, "6c000000 01000000 0c000000 656e3000" + "00" * 92), "user-2": (149, "6c000000 01000000 65000000" + "00" * 96),
        "cisco-hdlc": (104, "0f000800"), "ppp": (9, "ff030021"), "ppp-compressed": (9, "21"), "ppp-serial": (50, "8f000800"),
        "ppp-pppd": (166, "00030021"), "ppp-direction": (204, "01ff030021"), "pppoe": (51, "11000005 0042 0021"),
        "frame-relay": (107, "184103cc"), "frame-relay-bridged": (107, "184103008000 80c20001 020000000001 020000000002 0800"),
        "multilink-frame-relay": (182, "c0071841 03cc"), "mpls": (219, "00010140"),
        "nflog": (239, "02000001 07000a00 61620000" + payload), "pflog": (117, "3d020100" + "656d3000" + "00" * 56),
        "netlink-log": (253, cooked_netlink + message + "0004" + "00" * 10 + "02000001" + payload),
        "netlink-queue": (253, cooked_netlink + message + "0003" + "00" * 10 + "02000001" + queued),
        "ipnet": (226, "01020000 00000046" + "00" * 16), "ipoib": (242, "00" * 40 + "08000000"), "firewire": (138, "00" * 16 + "0800"),
        "arcnet": (7, "0102d4000009"), "arcnet-exception": (7, "0102d4ffffffd4000009"), "arcnet-linux": (129, "01020000f0"),
        "token-ring": (6, "1040 020000000001 820000000002 06300102 0304" + snap), "fddi": (10, "51 020000000001 020000000002" + snap),
        "atm": (100, snap), "sun-atm": (123, "82000064" + snap), "atm-bridged": (100, "aaaa0300 80c20007 0000 020000000001 020000000002 0800"),
        "dsa": (284, "020000000001 020000000002 c00a0000 0800"), "edsa": (285, "020000000001 020000000002 dada0000 c0100539 0800"),
        "broadcom": (281, "020000000001 020000000002 08000008 0800"), "broadcom-before": (282, "08000008 020000000001 020000000002 0800"),
    }
    for name, (link_type, header) in headers.items():
        write("frame", f"link-{name}", struct.pack("<HB", link_type, 0) + bytes.fromhex(header) + packet + bytes(4))


def foreign_seeds(chat):
    """Two frames in each capture format that is neither pcap nor pcapng."""
    start = struct.pack("<8H", 2005, 7, 6, 16, 10, 29, 29, 800)
    snoop = b"snoop\0\0\0" + struct.pack(">II", 2, 4)
    monitor, sniffer, erf = b"", b"", b""
    for number, packet in enumerate(chat[2:4]):
        length, filling = len(packet), -len(packet) % 4
        snoop += struct.pack(">IIIIII", length, length, 24 + length + filling, 0, 9, number) + packet + bytes(filling)
        monitor += struct.pack("<QII", number, length, length) + packet + struct.pack("<H", 1)
        sniffer += struct.pack("<QHH28x", number, length, length) + packet
        erf += struct.pack("<QBB", 992368802 << 32, 0x82, 4) + struct.pack(">HHH8xH", 26 + length, 0, length + 4, 0) + packet
    contents = {
        "snoop": snoop,
        "network-monitor": (b"GMBU" + struct.pack("<BBH", 1, 2, 1) + start + struct.pack("<II", 128 + len(monitor), 8)).ljust(128, b"\0") + monitor,
        "network-monitor-1": (b"RTSS" + struct.pack("<BBH", 1, 1, 1) + start).ljust(128, b"\0")
                             + struct.pack("<IHH", 5, len(chat[2]), len(chat[2])) + chat[2],
        "sniffer": (b"XCP\0" + b"002.001\0" + struct.pack("<IIIII", 1000, 2, 0, 128, 128 + len(sniffer))).ljust(128, b"\0") + sniffer,
        "erf": erf,
    }
    for name, content in contents.items():
        write("capture_file", name, content)
        write("capture", name, content)


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


def http1_seeds():
    """Each seed: records of a side (bit 1: a gap where gaps are played), a length and so many bytes."""
    def say(side, text, gap=0):
        text = text.encode() if isinstance(text, str) else text
        return b"".join(bytes([side | gap, len(text[at:at + 255])]) + text[at:at + 255] for at in range(0, len(text), 255))

    get = say(0, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
    upgrade = say(0, "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    accept = say(1, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
    chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"
    zipped = gzip.compress(b'{"a":1}' * 9, mtime=0)
    contents = {
        "exchange": get + say(1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") + get + say(1, "HTTP/1.1 304 \r\n\r\n"),
        "chunked": get + say(1, chunks) + say(0, "HEAD / HTTP/1.0\r\n\r\n") + say(1, "HTTP/1.0 200 OK\r\n\r\n"),
        "gzip": get + say(1, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(zipped) + zipped),
        "upgrade": upgrade + accept + say(0, b"\x81\x82abcd\x09\x0b") + say(1, b"\x81\x02hi\x88\x02\x03\xe8"),
        "early-frames": upgrade + say(0, b"\x81\x82abcd\x09\x0b") + accept,
        "tunnel": say(0, "CONNECT x:1 HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n") + say(1, "HTTP/1.1 200 \r\n\r\nHTTP/1.1 404 \r\n\r\nz"),
        "continue": say(0, "PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\n") + say(1, "HTTP/1.1 100 \r\n\r\n") + say(0, "abc")
                    + say(1, "HTTP/1.1 201 \r\nContent-Length: 0\r\n\r\n"),
        "gaps": get + say(1, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12") + say(1, "345", 2) + say(1, "6789")
                + say(0, "GET ", 2) + get + say(1, "HTTP", 2) + say(1, "x HTTP/1.1 200 OK\r\n\r\nend"),
        "smuggled": say(0, "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "proxy-v1": say(0, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n") + get,
        "proxy-v2": say(0, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f" + bytes(range(12)) + b"\x04\0\0") + get,
    }
    for name, content in contents.items():
        write("http1", name, content)


def inflate_seeds():
    """Each seed: a byte that chooses the codings, then coded bytes."""
    text = b"a text that repeats, a text that repeats. " * 4
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = squeeze.compress(text) + squeeze.flush()
    named = gzip.compress(text, mtime=0)
    named = named[:3] + b"\x18" + named[4:10] + b"name\0comment\0" + named[10:]
    stored = struct.pack("<IBB", 0xFD2FB528, 0x20, len(text)) + struct.pack("<I", len(text) << 3 | 1)[:3] + text
    contents = {
        "gzip": b"\0" + named + gzip.compress(b"second member", mtime=0),
        "zlib": b"\1" + zlib.compress(text),
        "raw": b"\1" + raw,
        "brotli": b"\2\x8b\x03\x80synscope\x03",
        "zstd": b"\3" + stored,
        "zstd-wide": b"\3" + struct.pack("<IBB", 0xFD2FB528, 0, 0xF8),
        "stacked": b"\4" + gzip.compress(gzip.compress(text, mtime=0), mtime=0),
        "bomb": b"\0" + gzip.compress(bytes(1 << 22), mtime=0),
    }
    for name, content in contents.items():
        write("inflate", name, content)


def websocket_seeds():
    """Each seed: a byte (bit 0: compressed, bit 1: the beginning is missing), then records of a side with a length, and so many bytes."""
    key = bytes.fromhex("37fa213d")
    hello, again, final = (bytes.fromhex(text) for text in ("f248cdc9c90700", "f200110000", "f348cdc9c9070000"))

    def masked(first, payload):
        mixed = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
        return bytes([first, 0x80 | len(payload)]) + key + mixed

    def plain(first, payload):
        return bytes([first, len(payload)]) + payload

    def client(*frames):
        return bytes([len(b"".join(frames))]) + b"".join(frames)

    def server(*frames):
        return bytes([0x80 | len(b"".join(frames))]) + b"".join(frames)

    gap, compressed, midstream = client(), 1, 2
    wrong = [plain(0x81, b"a"), masked(0x83, b"a"), masked(0xF1, b"\xff"), masked(0x09, b"p"), masked(0x80, b"x"),
             masked(0x01, b"y"), masked(0x01, b"z"), masked(0x88, b"\3"), masked(0x81, b"late")]
    contents = {
        "text-both-ways": (0, client(masked(0x81, b"Hello")) + server(plain(0x81, "gr\u00fc\u00dfe".encode()))),
        "fragments-and-ping": (0, client(masked(0x01, b"He")) + server(plain(0x89, b"1")) + client(masked(0x8A, b"1"), masked(0x80, b"llo"))
                               + client(masked(0x88, b"\3\xe8")) + server(plain(0x88, b"\3\xe8"))),
        "every-violation": (0, client(*wrong) + server(masked(0x8B, b"q"), bytes.fromhex("827e000109"))),
        "endless-length": (0, server(bytes.fromhex("827f8000000000000000010203")) + client(masked(0x81, b"on"))),
        "abandoned": (compressed, client(masked(0x01, b"caf\xc3"), masked(0x41, hello[:3]), masked(0xC1, hello), masked(0x81, b""))),
        "deflate": (compressed, client(masked(0xC1, hello), masked(0xC1, again)) + server(plain(0x41, hello[:3]), plain(0x80, hello[3:]))),
        "deflate-broken": (compressed, client(masked(0xC2, b"\xff\xff\xff")) + client(masked(0xC1, hello))),
        "deflate-final-block": (compressed, client(masked(0xC1, final)) + client(masked(0xC1, hello))),
        "gap": (compressed, client(masked(0xC1, hello)) + gap + client(masked(0x81, b"after the gap"))
                + client(masked(0x82, b"0123456789")[:9]) + gap + client(masked(0x81, b"behind"))),
        "midstream": (midstream, client(b"\xaa\xbb\xcc") + client(masked(0x81, b"found again")) + server(plain(0xC1, hello))),
    }
    for name, (flags, content) in contents.items():
        write("websocket", name, bytes([flags]) + content)


def fragment_seeds():
    """Each eight bytes: identification, offset in units of 8 (2 bytes), length in units of 8, odd bytes, flags (1: more, 2: other bytes,
    16: cut, 32: without time), seconds / 4, bytes that are cut off."""

    def part(offset, units, more, odd=0, twisted=0, cut=0, time=0, identification=7):
        flags = more | twisted << 1 | (cut > 0) << 4
        return bytes([identification]) + offset.to_bytes(2, "big") + bytes([units, odd, flags, time, cut])

    first, second, last = part(0, 3, 1), part(3, 3, 1), part(6, 1, 0, odd=5)
    contents = {
        "in-order": first + second + last,
        "reversed-and-twice": last + last + second + first + first + second + last,
        "overlaps": first + part(1, 4, 1, twisted=1) + second + part(5, 4, 1) + last,
        "tiny": part(0, 1, 1) + part(1, 1, 1) + part(2, 1, 0),
        "beyond-the-end": first + last + part(9, 1, 1) + part(0x1FFF, 255, 0) + second,
        "missing-and-late": first + last + part(0, 3, 1, time=255, identification=8) + second,
        "cut": part(0, 6, 1, cut=9) + last,
        "used-again": first + part(0, 3, 1, twisted=1, time=8) + part(3, 1, 0),
    }
    for name, content in contents.items():
        write("fragments", name, content)


def track_seeds():
    """The first byte says how many files the frames lie in, then every twelve bytes are one event as fuzz/bodies/track/events.rs reads it."""
    flags = {"S": 0, "SA": 1, "A": 2, "PA": 3, "FA": 4, "R": 5, "RA": 6, "F": 7, "none": 8, "xmas": 9}

    def event(side, bits, seq=0, ack=0, kind=0, ends=0, network=0, options=0, length=0, window=255, ident=0, time=0x32):
        return bytes([kind, ends | (side == "S"), network, seq, ack, flags[bits], options, length, window, 255, ident, time])

    def handshake(options=4, **more):
        return (event("C", "S", options=options, ident=1, **more) + event("S", "SA", ack=1, options=options, ident=9, **more)
                + event("C", "A", 1, 1, ident=17, **more))

    def fins(**more):
        return (event("C", "FA", 1, 1, ident=25, **more) + event("S", "FA", 1, 2, ident=33, **more)
                + event("C", "A", 2, 2, ident=41, **more))

    data = event("C", "PA", 1, 1, length=3, ident=49) + event("S", "PA", 1, 4, length=0x43, ident=57)
    retries = b"".join(event("C", "S", ident=number << 3, time=0x34) for number in range(5))
    scan = dict(kind=0xF0, ends=0x80, window=40)
    contents = {
        "closed": handshake() + data + fins(),
        "files": handshake() + data + fins(),
        "refused": event("C", "S") + event("S", "RA", 0, 1),
        "simultaneous": event("C", "S") + event("S", "S") + event("C", "SA", 0, 1) + event("S", "SA", 0, 1),
        "itself": event("C", "S", ends=0x70) + event("C", "SA", ends=0x70),
        "retried": retries + event("C", "S", kind=0xB1) + event("S", "SA", ack=1) + event("S", "SA", ack=1, time=0x34),
        "ports-used-again": handshake() + fins() + event("C", "S", 5) + event("S", "A", 2, 2) + event("C", "R", 2) + event("C", "S", 5)
                            + event("S", "SA", 5, 0x51) + handshake(time=0x36),
        "reset-and-labels": handshake() + event("C", "PA", 5, 1, length=4) + event("C", "PA", 1, 1, length=4, time=0x33) + event("S", "A", 1, 1) * 3
                            + event("C", "PA", 1, 1, length=2) + event("S", "A", 1, 6, window=0) + event("S", "R", 9),
        "networks": handshake(network=3) + event("C", "S", network=4) + event("S", "SA", ack=1, network=0) + event("C", "A", 1, 1, network=4)
                    + handshake(network=5, ends=4) + handshake(network=6, ends=8) + handshake(network=7, ends=2) + event("S", "R", network=3),
        "fragments": handshake() + event("C", "PA", 1, 1, kind=0xA0, length=4) + event("S", "PA", 1, 1, kind=0xA1, network=0x20, length=4, ident=8)
                     + event("C", "PA", 1, 1, kind=0xA0, network=0x40, length=4, ident=16) + event("C", "A", 1, 1, time=0x36),
        "multipath": handshake(options=6) + handshake(options=7, ends=4) + data,
        "fast-open": event("C", "S", options=9) + event("S", "SA", ack=1, options=8) + fins() + event("C", "S", 8, options=8, length=3),
        "scan": event("C", "S", **scan) + event("S", "RA", 0, 1, **scan) + event("C", "xmas", **scan) + event("C", "none", **scan),
        "flood": handshake() + event("C", "S", kind=0xE0, window=255) * 3 + event("S", "SA", ack=1, kind=0xF0, window=99),
        "times": handshake(time=0x10) + data + event("C", "A", 1, 1, time=0x20) + fins(time=0x02) + event("C", "S", network=0x80, time=0x36),
        "cut-and-twice": handshake() + event("C", "PA", 1, 1, kind=0xD0, length=4) + event("C", "PA", kind=0xC0) + event("S", "A", 1, 9),
    }
    for name, content in contents.items():
        write("track", name, bytes([2 if name == "files" else 0xA0]) + content)


def main():
    captures = ROOT / "captures"
    chat = list(frames(captures / "websocket-chat.pcapng"))
    ipv6 = list(frames(captures / "normal-ipv6.pcap"))
    refused = list(frames(captures / "refused.pcap.gz"))
    reset = list(frames(captures / "reset-in-handshake.pcap"))
    frame_seeds(chat, ipv6)
    link_seeds(chat)
    foreign_seeds(chat)
    tunnel_seeds(chat, ipv6)
    capture_seeds(chat, ipv6, refused, reset)
    stream_seeds()
    fragment_seeds()
    track_seeds()
    http1_seeds()
    inflate_seeds()
    websocket_seeds()


main()

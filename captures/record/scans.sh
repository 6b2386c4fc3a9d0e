#!/usr/bin/env bash
# A port scanner at work: it looks for open ports of one host with SYNs, with whole connections, and with segments that no connection
# would begin with (FIN, NULL, Xmas). One port is open, the others are closed. The scanner's SYNs come from a packet socket, so its own
# system answers each SYN-ACK with a RST, as it does for every scanner of this kind.
source "$(dirname "$0")/netns.sh"

lab_open
start "$server_ns" python3 "$here/scans.py" server 192.0.2.2 7010
record_begin
in_client python3 "$here/scans.py" scanner 192.0.2.2 7000
record_end scans.pcapng

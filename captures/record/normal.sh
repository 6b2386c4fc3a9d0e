#!/usr/bin/env bash
# Three ordinary connections, once over IPv4 and once over IPv6: closed by the client, closed by the server, aborted.
source "$(dirname "$0")/netns.sh"

visit_and_record() {
    local address=$1 file=$2
    start "$server_ns" python3 "$here/normal.py" server "$address" 7000
    record_begin
    in_client python3 "$here/normal.py" client "$address" 7000
    record_end "$file"
}

lab_open
visit_and_record 192.0.2.2 normal-ipv4.pcapng
visit_and_record 2001:db8::2 normal-ipv6.pcap

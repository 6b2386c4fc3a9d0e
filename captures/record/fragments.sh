#!/usr/bin/env bash
# Segments too large for the last link of their way: a router in the middle (the namespace "server") cuts the client's packets, which
# allow it, into fragments. Recorded behind the router, at the end that puts them together again.
source "$(dirname "$0")/netns.sh"

lab_open
lab_origin
in_server sysctl -q -w net.ipv4.ip_forward=1
in_client ip route add 198.51.100.0/24 via 192.0.2.2
ip -n "$origin_ns" route add 192.0.2.0/24 via 198.51.100.1
# Without path MTU discovery Linux does not forbid routers to fragment.
in_client sysctl -q -w net.ipv4.ip_no_pmtu_disc=1
ip -n "$server_ns" link set s1 mtu 600
start "$origin_ns" python3 "$here/fragments.py" server 198.51.100.2 7005
only="ip" record "$origin_ns" -i o0
in_client python3 "$here/fragments.py" client 198.51.100.2 7005
record_end fragments.pcapng

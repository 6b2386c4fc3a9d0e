#!/usr/bin/env bash
# A SYN flood: SYNs from 400 made-up addresses for one port of a server, while one real client talks to it. The server's queue of
# half-open connections is small, so that its system changes to SYN cookies. Addresses are those of RFC 2544, which nobody has.
source "$(dirname "$0")/netns.sh"

lab_open
# Answers to the made-up addresses have to go somewhere, or they would never be seen.
in_server ip route add 198.18.0.0/15 via 192.0.2.1
in_server sysctl -q -w net.ipv4.tcp_max_syn_backlog=32
in_server sysctl -q -w net.core.somaxconn=32
start "$server_ns" python3 "$here/syn_flood.py" server 192.0.2.2 7004
record_begin
in_client python3 "$here/syn_flood.py" attacker 192.0.2.2 7004 &
attacker=$!
started+=("$attacker")
sleep 0.4
in_client python3 "$here/syn_flood.py" client 192.0.2.2 7004
wait "$attacker"
sleep 1.5
record_end syn-flood.pcapng

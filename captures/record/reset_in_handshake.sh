#!/usr/bin/env bash
# A scanner's SYN, a server that takes its SYN-ACK back, and a server that acknowledges a wrong number before the right
# one. The crafted peers use addresses of no system (192.0.2.11, 192.0.2.12), so that nobody else answers for them.
source "$(dirname "$0")/netns.sh"

lab_open
in_client ip neigh add 192.0.2.12 lladdr 02:00:00:00:00:02 dev c0
in_server ip neigh add 192.0.2.11 lladdr 02:00:00:00:00:01 dev s0
start "$server_ns" python3 "$here/normal.py" server 192.0.2.2 7000
record_begin
in_client python3 "$here/reset_in_handshake.py" scanner
sleep 0.2
start "$server_ns" python3 "$here/reset_in_handshake.py" resetting-server
in_client python3 "$here/reset_in_handshake.py" quiet-client
start "$server_ns" python3 "$here/reset_in_handshake.py" confused-server
in_client python3 "$here/attempt.py" 192.0.2.12 7001 2 40003
record_end reset-in-handshake.pcap

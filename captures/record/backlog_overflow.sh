#!/usr/bin/env bash
# A server that listens and never accepts, with room for one connection. Three clients come at once, and the acknowledgments of all
# three are lost on their way: when they come again there is room for the first alone. The others believe that they are connected.
source "$(dirname "$0")/netns.sh"

lab_open
need nft
start "$server_ns" python3 "$here/backlog_overflow.py" server 192.0.2.2 7002
ip netns exec "$server_ns" nft add table inet lab
ip netns exec "$server_ns" nft "add chain inet lab incoming { type filter hook input priority 0; }"
ip netns exec "$server_ns" nft add rule inet lab incoming "tcp flags & (syn | ack) == ack" drop
record_begin
start "$client_ns" python3 "$here/backlog_overflow.py" clients 192.0.2.2 7002
clients=${started[-1]}
ip netns exec "$server_ns" nft delete table inet lab
wait "$clients"
record_end backlog-overflow.pcapng

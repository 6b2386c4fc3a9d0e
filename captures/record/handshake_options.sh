#!/usr/bin/env bash
# What handshakes agree on beyond the usual: explicit congestion notification, TCP Fast Open (a cookie first, then data on the SYN),
# and Multipath TCP with one connection and its first subflow. All of it is Linux's own.
source "$(dirname "$0")/netns.sh"

lab_open
in_server sysctl -q -w net.ipv4.tcp_fastopen=3
in_client sysctl -q -w net.ipv4.tcp_fastopen=3
start "$server_ns" python3 "$here/handshake_options.py" server 192.0.2.2 7006
record_begin
in_client sysctl -q -w net.ipv4.tcp_ecn=1
in_client python3 "$here/handshake_options.py" plain 192.0.2.2 7006
in_client sysctl -q -w net.ipv4.tcp_ecn=0
in_client python3 "$here/handshake_options.py" fast 192.0.2.2 7006
in_client python3 "$here/handshake_options.py" fast 192.0.2.2 7006
# A second address of the client, over which its Multipath TCP opens another subflow.
ip -n "$client_ns" addr add 192.0.2.21/24 dev c0
in_server ip mptcp limits set subflow 2 add_addr_accepted 2
in_client ip mptcp limits set subflow 2 add_addr_accepted 2
in_client ip mptcp endpoint add 192.0.2.21 dev c0 subflow
in_client python3 "$here/handshake_options.py" multipath 192.0.2.2 7006
record_end handshake-options.pcapng

#!/usr/bin/env bash
# Nobody listens on the port: the server's system refuses, over IPv4 and over IPv6.
source "$(dirname "$0")/netns.sh"

lab_open
record_begin
in_client python3 "$here/attempt.py" 192.0.2.2 8080
in_client python3 "$here/attempt.py" 192.0.2.2 8081
in_client python3 "$here/attempt.py" 2001:db8::2 8080
record_end refused.pcap.gz

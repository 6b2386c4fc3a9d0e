#!/usr/bin/env bash
# The server's system throws away everything for port 8443 without a word, as many firewalls do. Meanwhile the same host
# answers on other ports, over both versions of IP, which proves that frames towards the client were being captured.
source "$(dirname "$0")/netns.sh"

# The rule has to come before the one for local addresses, which is the first of all unless it is moved.
swallow() {
    in_server ip "$1" rule add priority 1 iif s0 ipproto tcp dport 8443 blackhole
    in_server ip "$1" rule add priority 2 table local
    in_server ip "$1" rule del priority 0
}

lab_open
swallow -4
swallow -6
start "$server_ns" python3 "$here/normal.py" server 192.0.2.2 7000
record_begin
in_client python3 "$here/attempt.py" 192.0.2.2 8443 2 &
ipv4=$!
in_client python3 "$here/attempt.py" 2001:db8::2 8443 2 &
ipv6=$!
started+=("$ipv4" "$ipv6")
sleep 0.3
in_client python3 "$here/normal.py" client 192.0.2.2 7000
in_client python3 "$here/attempt.py" 2001:db8::2 7001
wait "$ipv4" "$ipv6"
# Frames well after the last SYN show that the capture went on for longer than an answer may take.
sleep 2
in_client python3 "$here/attempt.py" 192.0.2.2 7001
in_client python3 "$here/attempt.py" 2001:db8::2 7001
record_end no-answer.pcapng

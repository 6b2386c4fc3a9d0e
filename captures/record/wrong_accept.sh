#!/usr/bin/env bash
# Answers with 101 that a client must not take: a wrong Sec-WebSocket-Accept, none at all, an extension and a subprotocol
# that nobody asked for. The server is a few lines of Python on a socket; the client is the `websockets` library.
source "$(dirname "$0")/netns.sh"

lab_open
lab_python websockets==17.4
start "$server_ns" "$python" "$here/wrong_accept.py" server 192.0.2.2 8000
record_begin
in_client "$python" "$here/wrong_accept.py" client 192.0.2.2 8000
record_end wrong-accept.pcap

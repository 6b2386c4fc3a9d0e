#!/usr/bin/env bash
# A client that breaks the rules of WebSocket, one by one, and what the `websockets` library for Python says to each.
source "$(dirname "$0")/netns.sh"

lab_open
lab_python websockets==17.4
start "$server_ns" "$python" "$here/violations.py" server 192.0.2.2 8000
record_begin
in_client "$python" "$here/violations.py" client 192.0.2.2 8000
record_end violations.pcapng

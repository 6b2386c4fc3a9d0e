#!/usr/bin/env bash
# Ways not to become a WebSocket: the `websockets` library for Python asks a Tornado server, in vain but for the last time.
source "$(dirname "$0")/netns.sh"

lab_open
lab_python websockets==17.4 tornado==6.6.1
start "$server_ns" "$python" "$here/upgrade_rejected.py" server 192.0.2.2 8000
record_begin
in_client "$python" "$here/upgrade_rejected.py" client 192.0.2.2 8000
record_end upgrade-rejected.pcapng

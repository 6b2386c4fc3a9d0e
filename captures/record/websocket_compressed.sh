#!/usr/bin/env bash
# WebSocket messages compressed with permessage-deflate, both ways with context takeover: the `websockets` library for
# Python asks the `ws` library for Node.js about the weather.
source "$(dirname "$0")/netns.sh"

lab_open
lab_python websockets==17.4
lab_node ws@8.23.0
start "$server_ns" node "$here/websocket_compressed.js" 192.0.2.2 8000
record_begin
in_client "$python" "$here/websocket_compressed.py" 192.0.2.2 8000
record_end websocket-compressed.pcapng

#!/usr/bin/env bash
# Two people in a chat over WebSocket, with the `websockets` library for Python at both ends.
source "$(dirname "$0")/netns.sh"

lab_open
lab_python websockets==17.4
chat="$here/websocket_chat.py"

start "$server_ns" "$python" "$chat" server 192.0.2.2 8000
record_begin
in_client "$python" "$chat" person 192.0.2.2 8000 ada &
ada=$!
started+=("$ada")
# Ada waits for Grace's greeting, so she has to be in the chat first.
sleep 1
in_client "$python" "$chat" person 192.0.2.2 8000 grace
wait "$ada"
record_end websocket-chat.pcapng

#!/usr/bin/env bash
# Records every sample again. Needs root on Linux: network namespaces are made and removed; nothing leaves them.
# Installs nothing but a virtual environment of its own: netns.sh names the Debian packages that are needed.
set -euo pipefail
cd "$(dirname "$0")"

for script in normal.sh refused.sh no_answer.sh reset_in_handshake.sh websocket_chat.sh; do
    bash "$script"
done

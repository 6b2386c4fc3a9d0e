#!/usr/bin/env bash
# Records every sample again. Needs root on Linux: network namespaces are made and removed; nothing leaves them.
# Peers are fetched from PyPI, npm and Debian into a temporary folder; captures/README.md names the Debian packages that are needed.
set -euo pipefail
cd "$(dirname "$0")"

for script in normal refused no_answer reset_in_handshake websocket_chat websocket_compressed upgrade_rejected wrong_accept \
    connect_proxy nginx_proxy violations backlog_overflow lossy scans syn_flood vxlan fragments handshake_options; do
    bash "$script.sh"
done

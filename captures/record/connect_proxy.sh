#!/usr/bin/env bash
# WebSocket through the CONNECT tunnel of Tinyproxy, recorded at the proxy: both legs, and a tunnel that it refuses.
source "$(dirname "$0")/netns.sh"

lab_open
lab_origin
lab_python websockets==17.4
lab_node ws@8.23.0
lab_debian tinyproxy-bin
cat >"$scratch/tinyproxy.conf" <<'END'
Port 3128
Listen 192.0.2.2
Timeout 20
MaxClients 10
ViaProxyName "proxy.example"
ConnectPort 8000
END
start "$origin_ns" node "$here/echo.js" 198.51.100.2 8000
start_and_connect "$server_ns" 192.0.2.2 3128 "$debian/usr/bin/tinyproxy" -d -c "$scratch/tinyproxy.conf"
record_begin_at_proxy
in_client "$python" "$here/through_proxy.py" tunnel http://192.0.2.2:3128 ws://198.51.100.2
record_end connect-proxy.pcapng

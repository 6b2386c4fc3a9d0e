#!/usr/bin/env bash
# Two overlay networks with the same addresses in them, carried by VXLAN over one cable: a connection in each, with the same two
# endpoints. The tunnels' ends are a few lines of Python between a TAP device and a UDP socket; the connections are Linux's own.
source "$(dirname "$0")/netns.sh"

overlay() {
    local ns=$1 hardware=$2 vni=$3 me=$4 other=$5 address=$6 device=tap0
    start "$ns" python3 "$here/vxlan.py" "$device" "$vni" "$me" "$other"
    ip -n "$ns" link set "$device" address "$hardware" mtu 1450
    ip -n "$ns" addr add "$address" dev "$device"
    ip -n "$ns" link set "$device" up
}

lab_open
only="udp port 4789"
# One overlay at a time has the addresses: they are the same in both.
record_begin
for vni in 7 8; do
    overlay "$client_ns" 02:00:00:00:01:01 "$vni" 192.0.2.1 192.0.2.2 203.0.113.1/24
    client_end=${started[-1]}
    overlay "$server_ns" 02:00:00:00:01:02 "$vni" 192.0.2.2 192.0.2.1 203.0.113.2/24
    server_end=${started[-1]}
    start "$server_ns" python3 "$here/vxlan.py" serve 203.0.113.2 7000
    in_client python3 "$here/vxlan.py" visit 203.0.113.2 7000 40000
    sleep 0.3
    kill "$client_end" "$server_end"
    wait "$client_end" "$server_end" || true
done
record_end vxlan.pcapng

#!/usr/bin/env bash
# A transfer over a link that loses packets: every 23rd segment of the client and every 31st of the server is thrown away behind the
# place of the capture, so that what is lost is in it and has to be sent again.
source "$(dirname "$0")/netns.sh"

lose() {
    local ns=$1 nth=$2
    ip netns exec "$ns" nft add table inet lab
    ip netns exec "$ns" nft "add chain inet lab incoming { type filter hook input priority 0; }"
    ip netns exec "$ns" nft add rule inet lab incoming meta l4proto tcp numgen inc mod "$nth" == 11 drop
}

lab_open
need nft
start "$server_ns" python3 "$here/lossy.py" server 192.0.2.2 7003
lose "$server_ns" 23
lose "$client_ns" 31
record_begin
in_client python3 "$here/lossy.py" client 192.0.2.2 7003
record_end lossy.pcapng

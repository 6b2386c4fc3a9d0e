# shellcheck shell=bash
# A laboratory for one recording: two network namespaces, "client" and "server", joined by one cable. Nothing that
# happens in it can reach another network. Sourced by the scripts beside it; needs root on Linux.
#
#   client   c0   192.0.2.1   2001:db8::1   02:00:00:00:00:01
#   server   s0   192.0.2.2   2001:db8::2   02:00:00:00:00:02
#
# Addresses are those set aside for documentation (RFC 5737, RFC 3849); the hardware addresses are locally administered.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
captures=$(dirname "$here")
# No single process of a recording may live longer than this, in seconds.
longest=60
export PYTHONDONTWRITEBYTECODE=1

need() {
    local missing=()
    for tool in "$@"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    if ((${#missing[@]})); then
        echo "missing: ${missing[*]} (on Debian: apt-get install iproute2 ethtool tcpdump wireshark-common python3-venv)" >&2
        exit 2
    fi
}

lab_open() {
    need ip ethtool tcpdump editcap capinfos python3
    local suffix
    suffix=$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
    client_ns="synscope-client-$suffix"
    server_ns="synscope-server-$suffix"
    scratch=$(mktemp -d)
    started=()
    trap lab_close EXIT
    trap 'exit 130' INT TERM

    ip netns add "$client_ns"
    ip netns add "$server_ns"
    ip -n "$client_ns" link add c0 address 02:00:00:00:00:01 type veth \
        peer name s0 address 02:00:00:00:00:02 netns "$server_ns"
    lab_end "$client_ns" c0 192.0.2.1 2001:db8::1
    lab_end "$server_ns" s0 192.0.2.2 2001:db8::2
}

# Gives one end of the cable its addresses. Offloads are switched off: with them the capture would hold checksums that
# nobody has computed yet and segments that no wire would carry.
lab_end() {
    local ns=$1 link=$2 ipv4=$3 ipv6=$4
    ip netns exec "$ns" ethtool -K "$link" tx off tso off gso off gro off >/dev/null 2>&1
    ip -n "$ns" addr add "$ipv4/24" dev "$link"
    ip -n "$ns" addr add "$ipv6/64" dev "$link" nodad
    ip -n "$ns" link set lo up
    ip -n "$ns" link set "$link" up
}

lab_close() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    ip netns del "$client_ns" 2>/dev/null || true
    ip netns del "$server_ns" 2>/dev/null || true
    rm -rf "$scratch"
}

in_client() { timeout "$longest" ip netns exec "$client_ns" "$@"; }
in_server() { timeout "$longest" ip netns exec "$server_ns" "$@"; }

# start NAMESPACE COMMAND...: runs it in the background and waits until it has printed "ready" (30 s at most).
start() {
    local ns=$1 log="$scratch/log.${#started[@]}" pid tries
    shift
    : >"$log"
    ip netns exec "$ns" timeout "$longest" "$@" >"$log" 2>&1 &
    pid=$!
    started+=("$pid")
    for ((tries = 0; tries < 300; tries++)); do
        grep -q -e ready -e 'listening on' "$log" && return
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "did not start: $*" >&2
    cat "$log" >&2
    exit 1
}

# record_begin: everything that passes the client's end of the cable from now on, in nanoseconds. IPv6 neighbour and
# router messages are left out; ARP is kept.
record_begin() {
    start "$client_ns" tcpdump -i c0 --time-stamp-precision=nano --immediate-mode -U -Z root \
        -w "$scratch/raw.pcap" 'arp or icmp or tcp'
    recorder=${started[-1]}
}

# record_end FILE: ends the recording and stores it as the file's name says: .pcapng, .pcap (nanoseconds) or .pcap.gz.
# editcap writes neither host, user nor interface names.
record_end() {
    local out="$captures/$1"
    sleep 0.5
    kill -INT "$recorder"
    wait "$recorder" || true
    case $1 in
    *.pcapng) editcap -F pcapng "$scratch/raw.pcap" "$out" ;;
    *.pcap) editcap -F nsecpcap "$scratch/raw.pcap" "$out" ;;
    *.pcap.gz)
        editcap -F nsecpcap "$scratch/raw.pcap" "$scratch/plain.pcap"
        gzip -9 -n -c "$scratch/plain.pcap" >"$out"
        ;;
    esac
    echo "$1: $(capinfos -TmrMc "$out" | cut -d, -f2) frames, $(stat -c %s "$out") bytes"
}

# shellcheck shell=bash
# A laboratory for one recording: two network namespaces, "client" and "server", joined by one cable. Nothing that
# happens in it can reach another network. Sourced by the scripts beside it; needs root on Linux.
#
#   client   c0   192.0.2.1   2001:db8::1   02:00:00:00:00:01
#   server   s0   192.0.2.2   2001:db8::2   02:00:00:00:00:02
#
# lab_origin adds a third, "origin", behind the server, which then is the host of a proxy:
#
#   server   s1   198.51.100.1   02:00:00:00:00:03
#   origin   o0   198.51.100.2   02:00:00:00:00:04
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
        echo "missing: ${missing[*]} (captures/README.md says what to install)" >&2
        exit 2
    fi
}

lab_open() {
    need ip ethtool tcpdump editcap capinfos python3
    local suffix
    suffix=$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
    client_ns="synscope-client-$suffix"
    server_ns="synscope-server-$suffix"
    origin_ns="synscope-origin-$suffix"
    scratch=$(mktemp -d)
    started=()
    trap lab_close EXIT
    trap 'exit 130' INT TERM

    ip netns add "$client_ns"
    ip netns add "$server_ns"
    ip -n "$client_ns" link add c0 address 02:00:00:00:00:01 type veth \
        peer name s0 address 02:00:00:00:00:02 netns "$server_ns"
    lab_end "$client_ns" c0 192.0.2.1/24 2001:db8::1/64
    lab_end "$server_ns" s0 192.0.2.2/24 2001:db8::2/64
}

# A host behind the server, for proxies. Nothing is routed between the two cables.
lab_origin() {
    ip netns add "$origin_ns"
    ip -n "$server_ns" link add s1 address 02:00:00:00:00:03 type veth \
        peer name o0 address 02:00:00:00:00:04 netns "$origin_ns"
    lab_end "$server_ns" s1 198.51.100.1/24
    lab_end "$origin_ns" o0 198.51.100.2/24
}

# Gives one end of the cable its addresses. Offloads are switched off: with them the capture would hold checksums that
# nobody has computed yet and segments that no wire would carry.
lab_end() {
    local ns=$1 link=$2 address
    shift 2
    ip netns exec "$ns" ethtool -K "$link" tx off tso off gso off gro off >/dev/null 2>&1
    for address in "$@"; do
        case $address in
        *:*) ip -n "$ns" addr add "$address" dev "$link" nodad ;;
        *) ip -n "$ns" addr add "$address" dev "$link" ;;
        esac
    done
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
    ip netns del "$origin_ns" 2>/dev/null || true
    rm -rf "$scratch"
}

# Peers are fetched into the scratch folder before anything is recorded, and are gone with it.

# lab_python PACKAGE==VERSION...: packages from PyPI in a virtual environment, whose interpreter is then $python.
lab_python() {
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "$@"
    # shellcheck disable=SC2034  # for the script that sources this one
    python="$scratch/venv/bin/python"
}

# lab_node PACKAGE@VERSION...: packages from npm, which `require` then finds.
lab_node() {
    need node npm
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$scratch/npm" "$@" >/dev/null
    export NODE_PATH="$scratch/npm/node_modules"
}

# lab_debian PACKAGE...: packages of this Debian release, unpacked and not installed, below $debian.
lab_debian() {
    need apt-get dpkg-deb
    local package
    debian="$scratch/debian"
    mkdir -p "$debian"
    (cd "$debian" && apt-get download -q -q -o APT::Sandbox::User=root "$@")
    for package in "$debian"/*.deb; do dpkg-deb -x "$package" "$debian"; done
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

# start_and_connect NAMESPACE ADDRESS PORT COMMAND...: the same for a program that says nothing once it listens: waits until
# somebody can connect (30 s at most).
start_and_connect() {
    local ns=$1 address=$2 port=$3 tries
    shift 3
    ip netns exec "$ns" timeout "$longest" "$@" >"$scratch/log.${#started[@]}" 2>&1 &
    started+=("$!")
    for ((tries = 0; tries < 300; tries++)); do
        ip netns exec "$ns" bash -c "exec 3<>/dev/tcp/$address/$port" 2>/dev/null && return
        sleep 0.1
    done
    echo "does not listen on $address port $port: $*" >&2
    cat "$scratch/log.$((${#started[@]} - 1))" >&2
    exit 1
}

# record_begin: everything that passes the client's end of the cable from now on, in nanoseconds. IPv6 neighbour and
# router messages are left out; ARP is kept.
record_begin() { record "$client_ns" -i c0; }

# record_begin_at_proxy: everything that passes either cable of the server, with the cooked header that names the link.
record_begin_at_proxy() { record "$server_ns" -i any -y LINUX_SLL2; }

record() {
    local ns=$1
    shift
    start "$ns" tcpdump "$@" --time-stamp-precision=nano --immediate-mode -U -Z root \
        -w "$scratch/raw.pcap" "${only:-arp or icmp or tcp}"
    recorder=${started[-1]}
}

# record_end FILE: ends the recording and stores it as the file's name says: .pcapng, .pcap (nanoseconds) or .pcap.gz.
# editcap writes neither host, user nor interface names.
record_end() {
    local out="$captures/$1" before=-1 now
    # Last FINs may still be on their way, and a busy machine writes late.
    while sleep 0.5; now=$(stat -c %s "$scratch/raw.pcap"); ((now != before)); do before=$now; done
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

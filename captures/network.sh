# Sourced by `record`: namespaces and what runs in them. Two networks: `lan`, a bridge with eleven hosts and a
# router, and `ends`, two hosts joined by wires of relay.mjs. All is gone when the script ends.
#
# $here is this folder.

work=$(mktemp -d)
prefix=exonet-$$-
hosts=()
recorders=()

# ---------------------------------------------------------------- processes and namespaces

cleanup() {
  trap - EXIT INT TERM
  local host pids
  for host in "${hosts[@]}"; do
    pids=$(ip netns pids "$prefix$host" 2>/dev/null || true)
    [[ -z $pids ]] || kill $pids 2>/dev/null || true
  done
  pids=$(jobs -p)
  [[ -z $pids ]] || kill $pids 2>/dev/null || true
  wait 2>/dev/null || true
  for host in "${hosts[@]}"; do ip netns del "$prefix$host" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

complain() {
  echo "record: $*" >&2
  exit 1
}

on() { ip netns exec "$prefix$1" "${@:2}"; }

# A client's program: what it prints does not matter, nor whether the server refused it.
try() { on "$@" >/dev/null 2>&1 </dev/null || true; }

# A server's program: runs until the end; its id is in $!.
spawn() { ip netns exec "$prefix$1" "${@:2}" >>"$work/log" 2>&1 </dev/null & }

namespace() {
  ip netns add "$prefix$1"
  hosts+=("$1")
  on "$1" ip link set lo up
  on "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0
}

# Segments as they are on a wire, with their checksums: no offloading to a card that is not there.
plain_ethernet() { on "$1" ethtool -K "$2" tso off gso off gro off tx off >/dev/null 2>&1; }

wait_for() {
  local tries=0
  until "${@:2}" >/dev/null 2>&1; do
    ((++tries < 100)) || complain "$1 did not come up: $(tail -n 3 "$work/log")"
    sleep 0.05
  done
}

# ---------------------------------------------------------------- the local network: a bridge

# switch NAME: a bridge that hears everything, in a namespace of its own.
switch() {
  namespace "$1"
  on "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  on "$1" ip link add br0 type bridge mcast_snooping 0
  on "$1" ip link set br0 up
}

# plug HOST SWITCH INTERFACE NET NUMBER: 10.9.NET.NUMBER and 2001:db8:NET::NUMBER
plug() {
  local host=$1 switch=$2 interface=$3 net=$4 number=$5
  ip link add "$host" netns "$prefix$switch" type veth peer name "$interface" netns "$prefix$host"
  on "$host" ip link set "$interface" address "$(printf '02:00:00:00:%02x:%02x' "$net" "$number")"
  plain_ethernet "$switch" "$host"
  plain_ethernet "$host" "$interface"
  on "$switch" ip link set "$host" master br0 up
  on "$host" ip link set "$interface" up
  on "$host" ip address add "10.9.$net.$number/24" dev "$interface"
  on "$host" ip address add "2001:db8:$net::$number/64" dev "$interface" nodad
}

lan() {
  switch lan
  switch backyard
  local host
  for host in alice:11 bob:12 carol:13 dave:14 erin:15 mallory:66 web:80 shop:81 dns:53 gate:1; do
    namespace "${host%:*}"
    plug "${host%:*}" lan eth0 0 "${host#*:}"
  done
  namespace remote
  plug remote backyard eth0 9 80
  plug gate backyard eth1 9 1
  on gate sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  on remote ip route add default via 10.9.9.1
  on remote ip route add default via 2001:db8:9::1
  for host in alice bob carol dave erin mallory; do
    on "$host" ip route add default via 10.9.0.1
    on "$host" ip route add default via 2001:db8:0::1
  done
  for host in web shop remote; do serve_web "$host"; done
  serve_dns dns
  sleep 2 # multicast reports of the fresh links
}

# ---------------------------------------------------------------- servers

make_site() {
  mkdir -p "$work/site" "$work/nginx"
  lines() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "line %05d of a text that is served again and again\n", i }'; }
  echo "<h1>It works</h1>" >"$work/site/index.html"
  lines 60 >"$work/site/page.txt"    # 3 KB
  lines 300 >"$work/site/news.txt"   # 17 KB
  lines 2000 >"$work/site/story.txt" # 110 KB
  lines 5700 >"$work/site/long.txt"  # 308 KB
  lines 22000 >"$work/site/huge.txt" # 1.2 MB
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=web.lab.example \
    -addext subjectAltName=DNS:web.lab.example,DNS:shop.lab.example \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
}

serve_web() {
  cat >"$work/nginx/$1.conf" <<CONF
daemon off; master_process off; user root; pid $work/nginx/$1.pid; error_log stderr;
events { worker_connections 256; }
http {
  access_log off; default_type text/plain; keepalive_timeout 5; server_tokens off;
  client_body_temp_path $work/nginx/$1.body; proxy_temp_path $work/nginx/$1.proxy;
  fastcgi_temp_path $work/nginx/$1.fastcgi; uwsgi_temp_path $work/nginx/$1.uwsgi; scgi_temp_path $work/nginx/$1.scgi;
  ssl_certificate $work/certificate.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 80; listen [::]:80; listen 443 ssl http2; listen [::]:443 ssl http2;
    root $work/site;
    location = /old { return 301 /page.txt; }
    location = /form { return 200 "thank you\n"; }
    location = /huge { alias $work/site/huge.txt; limit_rate 300k; }
    location = /slow { alias $work/site/long.txt; limit_rate 14k; }
  }
}
CONF
  spawn "$1" nginx -e stderr -c "$work/nginx/$1.conf"
  wait_for nginx on "$1" curl -s -o /dev/null http://127.0.0.1/
}

serve_dns() {
  local text=$(printf 'long-%.0s' {1..45})
  spawn "$1" dnsmasq --no-daemon --no-resolv --no-hosts --conf-file=/dev/null --pid-file= --user=root --local=/lab.example/ \
    --host-record=web.lab.example,10.9.0.80,2001:db8:0::80 --host-record=shop.lab.example,10.9.0.81,2001:db8:0::81 \
    --host-record=remote.lab.example,10.9.9.80,2001:db8:9::80 --cname=www.lab.example,web.lab.example \
    --srv-host=_http._tcp.lab.example,web.lab.example,80 --mx-host=lab.example,web.lab.example,10 \
    --edns-packet-max=4096 --txt-record="big.lab.example,1$text,2$text,3$text,4$text,5$text,6$text,7$text"
  wait_for dnsmasq on "$1" dig +short +time=1 +tries=1 @127.0.0.1 web.lab.example
}

# ---------------------------------------------------------------- recorders

# Both wait until the program listens. listen_pcap HOST INTERFACE FILE [OPTION…]
listen_pcap() {
  local messages=$work/$3.messages
  ip netns exec "$prefix$1" tcpdump -Z root -n -i "$2" -U --immediate-mode -B 8192 -w "$work/$3" "${@:4}" 2>"$messages" </dev/null &
  recorders+=($!)
  wait_for tcpdump grep -q 'listening on' "$messages"
}

# listen_pcapng HOST FILE INTERFACE…
listen_pcapng() {
  local messages=$work/$2.messages
  ip netns exec "$prefix$1" dumpcap -q -n -B 8 -w "$work/$2" "${@:3}" 2>"$messages" </dev/null &
  recorders+=($!)
  wait_for dumpcap grep -q '^File:' "$messages"
}

# Ends all recorders, when the last packets have settled, and puts the files in their place.
settle=0.5
keep() {
  local pid file
  sleep "$settle"
  for pid in "${recorders[@]}"; do kill -TERM "$pid" && wait "$pid" || true; done
  recorders=()
  for file in "$@"; do
    [[ $file != *.gz ]] || gzip -9n "$work/${file%.gz}"
    if [[ $file == *.pcapng ]]; then node "$here/unnamed.mjs" "$work/$file"; fi
    install -m 644 "$work/$file" "$here/$file"
    chown --reference="$here" "$here/$file"
    echo "$file: $(stat -c %s "$here/$file") octets"
  done
}

# ---------------------------------------------------------------- wires of our own

# end HOST INTERFACE PORT: a TAP device in HOST, joined to a port of the relay, or of who sends in its place.
end() {
  local host=$1 interface=$2 port=$3
  spawn relay socat -b 4096 "UDP4-DATAGRAM:127.0.0.1:$port,bind=127.0.0.1:$((port + 1))" \
    "TUN,tun-name=tap$port,tun-type=tap,iff-no-pi"
  wait_for "tap$port" on relay ip link show "tap$port"
  on relay ip link set "tap$port" netns "$prefix$host" name "$interface"
}

# address HOST INTERFACE NET NUMBER
address() {
  on "$1" ip link set "$2" address "$(printf '02:00:00:00:%02x:%02x' "$3" "$4")" up
  on "$1" ip address add "10.9.$3.$4/24" dev "$2"
  on "$1" ip address add "2001:db8:$3::$4/64" dev "$2" nodad
}

# wires "RELAY OPTIONS" NAME:NET:TAG…: near and far are hosts 1 and 2 of each net; `tap` hears the middle.
wires() {
  local options=$1 port=7100 wire name net tag arguments=()
  for wire in "${@:2}"; do
    IFS=: read -r name net tag <<<"$wire"
    arguments+=(--wire "$port,$((port + 2))${tag:+,$tag}")
    port=$((port + 4))
  done
  spawn relay node "$here/relay.mjs" $options --mirror 7000 "${arguments[@]}"
  relay=$!
  wait_for relay on relay sh -c "grep -q :1B58 /proc/net/udp" # 7000
  sleep 0.3
  end tap middle 7000
  on tap ip link set middle mtu 1600 up
  port=7100
  for wire in "${@:2}"; do
    IFS=: read -r name net tag <<<"$wire"
    end near "$name" "$port"
    end far "$name" $((port + 2))
    address near "$name" "$net" 1
    address far "$name" "$net" 2
    port=$((port + 4))
  done
  kill -USR1 "$relay"
  sleep 1 # multicast reports of the fresh links
}

# The relay and its socats go; the devices go with them.
unwire() {
  local pids
  pids=$(ip netns pids "${prefix}relay")
  kill $pids
  wait $pids 2>/dev/null || true
  sleep 0.2
}

ends() {
  local host
  for host in relay near far tap; do namespace "$host"; done
  on tap sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  serve_web far
  serve_dns far
}

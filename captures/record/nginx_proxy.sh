#!/usr/bin/env bash
# WebSocket through nginx as a reverse proxy, recorded at the proxy: both legs, once with the two lines of configuration
# that WebSocket needs and once without them, which is the classic mistake.
source "$(dirname "$0")/netns.sh"

lab_open
lab_origin
lab_python websockets==17.4
lab_node ws@8.23.0
lab_debian nginx
mkdir "$scratch/nginx"
cat >"$scratch/nginx.conf" <<'END'
user root;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 192.0.2.2:80;
        location /right {
            proxy_pass http://198.51.100.2:8000;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
        }
        location /forgotten {
            proxy_pass http://198.51.100.2:8000;
        }
    }
}
END
start "$origin_ns" node "$here/echo.js" 198.51.100.2 8000
start_and_connect "$server_ns" 192.0.2.2 80 "$debian/usr/sbin/nginx" \
    -p "$scratch/nginx" -c "$scratch/nginx.conf" -g 'daemon off;'
record_begin_at_proxy
in_client "$python" "$here/through_proxy.py" reverse ws://192.0.2.2
record_end nginx-proxy.pcapng

# SPDX-License-Identifier: Apache-2.0
"""The servers we are compared with, each as its makers would set it up for this work: nginx, Squid, Varnish."""

import os
import shutil
import socket

from . import processes
from .targets import Target

PACKAGES = {
    "nginx": "nginx-light", "squid": "squid", "varnishd": "varnish", "wrk": "wrk", "openssl": "openssl",
    "taskset": "util-linux", "strace": "strace", "curl": "curl",
}
START_SECONDS = 30

# tcp_nopush stays off, as it is by default: the header goes out by itself before sendfile.
NGINX = """
daemon off;
master_process on;
worker_processes 1;
{user}
pid {directory}/nginx.pid;
error_log {directory}/nginx-error.log warn;
worker_rlimit_nofile 65536;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max={files} inactive=1h;
  open_file_cache_valid 1h;
  open_file_cache_min_uses 1;
  default_type application/octet-stream;
  client_body_temp_path {directory}/nginx-body;
  proxy_temp_path {directory}/nginx-proxy;
  fastcgi_temp_path {directory}/nginx-fastcgi;
  uwsgi_temp_path {directory}/nginx-uwsgi;
  scgi_temp_path {directory}/nginx-scgi;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; }}
  server {{ listen 127.0.0.1:{origin}; root {root}; expires 1d; }}
}}
"""

SQUID = """
http_port 127.0.0.1:{port} accel defaultsite=127.0.0.1 no-vhost
cache_peer 127.0.0.1 parent {origin} 0 no-query originserver name=origin no-digest
http_access allow all
cache_mem {memory} MB
maximum_object_size_in_memory 256 KB
memory_replacement_policy heap LRU
access_log none
cache_store_log none
cache_log {directory}/squid-cache.log
coredump_dir {directory}
pid_filename none
max_filedescriptors 65536
client_persistent_connections on
shutdown_lifetime 0 seconds
pinger_enable off
{user}
"""

# Passes everything on and keeps nothing.
SQUID_FORWARD = """
http_port 127.0.0.1:{port}
http_access allow all
cache deny all
access_log none
cache_store_log none
cache_log {directory}/squid-forward.log
coredump_dir {directory}
pid_filename none
max_filedescriptors 65536
shutdown_lifetime 0 seconds
pinger_enable off
{user}
"""

VARNISH = """
vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{origin}"; }}
sub vcl_backend_response {{ set beresp.ttl = 1d; }}
"""


def missing(program):
    """None when the program is there, otherwise how to get it."""
    return None if find(program) else f"{program} is not installed: apt-get install -y {PACKAGES[program]}"


def find(program):
    """Debian has servers in directories that are not on every PATH."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _serving(name, process, port, content, hit=None):
    processes.wait_until(lambda: accepts(port), START_SECONDS, f"{name} serves", process)
    return Target(name, process, port, content, hit)


def start_nginx(directory, content, cpu):
    """One worker. Returns the server of the comparison, and the port where caches find the same files as cacheable."""
    port, origin = free_port(), free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    path = _write(directory, "nginx.conf", NGINX.format(
        directory=directory, files=2 * content.count, port=port, origin=origin, root=content.answers, user=user))
    process = processes.start([find("nginx"), "-e", "stderr", "-p", directory, "-c", path], directory, "nginx", cpu)
    return _serving("nginx", process, port, content), origin


def start_squid(directory, content, cpu, origin):
    """One process, objects in memory, no disk."""
    return _squid(directory, "squid", SQUID, content, cpu, origin=origin, memory=memory_mebibytes(content))


def start_forward_squid(directory, content):
    """One process, as a proxy for programs of this machine."""
    return _squid(directory, "squid-forward", SQUID_FORWARD, content, None)


def _squid(directory, name, configuration, content, cpu, **values):
    port = free_port()
    if os.geteuid() == 0:
        shutil.chown(directory, user="proxy")
    user = "cache_effective_user proxy" if os.geteuid() == 0 else ""
    path = _write(directory, name + ".conf", configuration.format(directory=directory, port=port, user=user, **values))
    process = processes.start([find("squid"), "-N", "-f", path], directory, name, cpu)
    return _serving("Squid", process, port, content, squid_hit)


def start_varnish(directory, content, cpu, origin):
    """Objects in memory; its threads share the one processor."""
    port = free_port()
    path = _write(directory, "default.vcl", VARNISH.format(origin=origin))
    process = processes.start(
        [find("varnishd"), "-F", "-j", "none", "-n", os.path.join(directory, "varnish"), "-a", f"127.0.0.1:{port}",
         "-T", "none", "-f", path, "-s", f"malloc,{memory_mebibytes(content)}m", "-p", "thread_pools=1",
         "-p", "thread_pool_min=50"], directory, "varnish", cpu)
    return _serving("Varnish", process, port, content, varnish_hit)


def memory_mebibytes(content):
    """Half as much again as the objects take, so that none is evicted."""
    return 64 + content.count * content.answer_bytes * 3 // 2 // (1 << 20)


def squid_hit(headers):
    return "HIT" in headers.get("X-Cache", "")


def varnish_hit(headers):
    """Varnish names two transactions when it answers with what an earlier one brought."""
    return len(headers.get("X-Varnish", "").split()) == 2

#!/usr/bin/env bash
# Bring up a Docker engine where one can run, and an offline base image with Python for the model containers.
#
# usage: .ci/docker-engine.sh [IMAGE]          (default labelbuddy/base:bookworm)
# Prints `DOCKER=ok image=… size=…` or `DOCKER=skip reason=…`, and exits 0 both ways: tests marked `docker` skip loudly
# without an engine. Runs again in a second when everything is there. The engine is left running for the tests.
set -euo pipefail

image=${1:-labelbuddy/base:bookworm}
state=${LABELBUDDY_CI_STATE:-${TMPDIR:-/tmp}/labelbuddy-docker}
mkdir -p "$state"

skip() {
  echo "DOCKER=skip reason=$*"
  exit 0
}

engine_answers() { timeout 20 docker info >/dev/null 2>&1; }

install_packages() {
  command -v apt-get >/dev/null || skip "$1 is missing and there is no apt-get to install it"
  [ "$(id -u)" = 0 ] || skip "$1 is missing and only root can install it"
  local attempt
  for attempt in 1 2 3; do
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      docker.io debootstrap iptables; } >"$state/apt.log" 2>&1; then
      return
    fi
    sleep $((attempt * 5))
  done
  skip "$1 could not be installed: $(tail -n 1 "$state/apt.log")"
}

start_engine() {
  [ "$(id -u)" = 0 ] || skip "no engine answers and only root can start one"
  command -v dockerd >/dev/null || install_packages dockerd
  local attempt
  # In containers and small kernels the firewall or the overlay file system may be missing: try the plain engine, then
  # one that copies layers.
  for attempt in "" "--storage-driver=vfs"; do
    # shellcheck disable=SC2086 # an empty attempt is no argument
    setsid nohup dockerd --data-root "$state/data" --exec-root "$state/run" --pidfile "$state/dockerd.pid" $attempt \
      </dev/null >"$state/dockerd.log" 2>&1 &
    local process=$!
    for _ in $(seq 60); do
      engine_answers && return
      kill -0 "$process" 2>/dev/null || break
      sleep 1
    done
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  skip "dockerd does not start: $(grep -v '^$' "$state/dockerd.log" | tail -n 1 | cut -c1-200)"
}

debian_mirror() {
  local found
  found=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
  [ -n "$found" ] || found=$(awk '/^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true)
  echo "$found"
}

make_base_image() {
  [ "$(id -u)" = 0 ] || skip "the base image $image is missing and only root can make it"
  command -v debootstrap >/dev/null || install_packages debootstrap
  local suite mirror root
  # shellcheck source=/dev/null
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  mirror=$(debian_mirror)
  [ -n "$suite" ] && [ -n "$mirror" ] || skip "no Debian mirror is configured to make the base image $image from"
  root=$(mktemp -d "$state/root.XXXX")
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$root'" EXIT
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$root" "$mirror" \
    >"$state/debootstrap.log" 2>&1 || skip "debootstrap failed: $(tail -n 1 "$state/debootstrap.log")"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
  tar -C "$root" --numeric-owner -c . | docker import -c 'CMD ["python3"]' -c 'ENV PYTHONUNBUFFERED=1' - "$image" \
    >/dev/null || skip "the base image $image could not be imported"
}

command -v docker >/dev/null || install_packages docker
engine_answers || start_engine
docker image inspect "$image" >/dev/null 2>&1 || make_base_image
docker run --rm --network none "$image" python3 -c 'pass' >"$state/try.log" 2>&1 ||
  skip "a container cannot run here: $(tail -n 1 "$state/try.log")"
echo "DOCKER=ok image=$image size=$(($(docker image inspect -f '{{.Size}}' "$image") / 1000000))MB"

#!/usr/bin/env bash
# Images that stand in for those of Docker Hub in tests/setup/test_compose_stack.py, and the image of the app itself.
#
# usage: tests/setup/stand_ins/make.sh        (after .ci/docker-engine.sh, which makes their base; takes minutes once)
# Packages come from where apt and pip of this machine get them. Where there is no Compose 2.24, it is taken from the
# next Debian and unpacked into .cache/compose; LABELBUDDY_COMPOSE then has to name it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOCKER_BUILDKIT=0
python=${PYTHON:-python3}
pip_setting() { "$python" -m pip config get "global.$1" 2>/dev/null || true; }

cp "$here"/*.Dockerfile "$here/postgres.sh" "$work"
mkdir "$work/wheels"
certificates=${PIP_CERT:-$(pip_setting cert)}
cp -L "${certificates:-/etc/ssl/certs/ca-certificates.crt}" "$work/certificates.pem"
for folder in ${PIP_FIND_LINKS:-$(pip_setting find-links)}; do
  [ -d "$folder" ] && find -L "$folder" -name 'torch-*+cpu-*.whl' -exec cp -L {} "$work/wheels/" \;
done
index=${PIP_INDEX_URL:-$(pip_setting index-url)}
for name in postgres caddy python; do
  docker build -q ${index:+--build-arg "PIP_INDEX_URL=$index"} -f "$work/$name.Dockerfile" -t "labelbuddy/test-$name" "$work"
done
docker build -q --build-arg BASE_IMAGE=labelbuddy/test-python --build-arg PIP_EXTRA_INDEX_URL= -t labelbuddy/test-app "$root"

if ! docker compose version >/dev/null 2>&1; then
  next=trixie
  # shellcheck source=/dev/null
  mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2>/dev/null)
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$root/.cache/compose"
  echo "deb ${mirror:?no Debian mirror is configured to get Compose from} $next main" >"$work/sources.list"
  apt=(apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache::archives=$work/archives" -o Dir::Cache::pkgcache= -o
    Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
  "${apt[@]}" update >/dev/null
  (cd "$work" && "${apt[@]}" download docker-compose >/dev/null && dpkg -x docker-compose_*.deb unpacked)
  cp "$work"/unpacked/usr/libexec/docker/cli-plugins/docker-compose "$root/.cache/compose/"
  echo "LABELBUDDY_COMPOSE=$root/.cache/compose/docker-compose"
fi

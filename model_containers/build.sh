#!/usr/bin/env bash
# Build the image of a model: model_containers/build.sh MODEL [BASE_IMAGE]        (for example: build.sh musicnn)
#
# The image is called labelbuddy/MODEL:VERSION, as its model.yaml says. BASE_IMAGE (or the variable LABELBUDDY_BASE_IMAGE)
# has Python 3.11 with venv; left out, it is the one that .ci/docker-engine.sh made, if it did, else python:3.11-slim from
# Docker Hub. Packages come from the registry that pip uses on
# this machine: its certificates, its index and, where it has a folder of wheels, those wheels are handed to the build.
# Nothing of that stays in the image.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
model=${1:?usage: build.sh MODEL [BASE_IMAGE]}
base=${2:-${LABELBUDDY_BASE_IMAGE:-}}
[ -f "$here/$model/Dockerfile" ] || { echo "There is no model called $model in $here." >&2; exit 1; }
command -v docker >/dev/null || { echo "Docker is not installed." >&2; exit 1; }

python=${PYTHON:-python3}
[ -x "$here/../.venv/bin/python" ] && python=${PYTHON:-$here/../.venv/bin/python}
pip_setting() { "$python" -m pip config get "global.$1" 2>/dev/null || true; }

find "$here/certs" "$here/wheels" -type f ! -name .gitignore -delete
trap 'find "$here/certs" "$here/wheels" -type f ! -name .gitignore -delete' EXIT

certificates=${PIP_CERT:-$(pip_setting cert)}
if [ -n "$certificates" ] && [ -f "$certificates" ]; then
  cp -L "$certificates" "$here/certs/bundle.pem"
  chmod a+r "$here/certs/bundle.pem"
fi

if [ -z "$base" ] && docker image inspect labelbuddy/base:bookworm >/dev/null 2>&1; then
  base=labelbuddy/base:bookworm
fi

arguments=()
index=${PIP_INDEX_URL:-$(pip_setting index-url)}
[ -z "$index" ] || arguments+=(--build-arg "PIP_INDEX_URL=$index")

# A machine with a folder of wheels has its PyTorch there; the index of CPU builds is then not asked.
links=${PIP_FIND_LINKS:-$(pip_setting find-links)}
for folder in $links; do
  [ -d "$folder" ] || continue
  while IFS='=' read -r name _ version; do
    [ -n "$version" ] || continue
    for wheel in "$folder/${name//-/_}-$version"*.whl; do
      [ -f "$wheel" ] && cp -L "$wheel" "$here/wheels/"
    done
  done <"$here/$(awk '$1 == "COPY" && $2 ~ /requirements.txt$/ { print $2; exit }' "$here/$model/Dockerfile")"
done
if compgen -G "$here/wheels/torch-*.whl" >/dev/null; then
  arguments+=(--build-arg "PIP_EXTRA_INDEX_URL=")
fi

[ -z "$base" ] || arguments+=(--build-arg "BASE_IMAGE=$base")
image=$(awk '$1 == "image:" { print $2; exit }' "$here/$model/model.yaml" | tr -d "\"'")
docker build ${arguments[@]+"${arguments[@]}"} -f "$here/$model/Dockerfile" -t "${image:?model.yaml names no image}" "$here"
echo "IMAGE=$image size=$(($(docker image inspect -f '{{.Size}}' "$image") / 1000000))MB"

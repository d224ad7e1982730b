#!/usr/bin/env bash
# From push to searchable, at size: see README.md beside this file.
# usage: push.sh [--chunks N] [--pushes N] [--pause SECONDS]
set -euo pipefail
. "$(dirname "$0")/service.sh"
python3 "$here/push.py" --address "$address" --sources "$work/sources" "$@"

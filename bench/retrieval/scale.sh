#!/usr/bin/env bash
# Speed and memory at size, with ripgrep beside it: see README.md beside this file.
# usage: scale.sh [--chunks N] [--tree GIT_REPOSITORY] [--questions N]
set -euo pipefail
. "$(dirname "$0")/service.sh"
python3 "$here/scale.py" --address "$address" --sources "$work/sources" --sql "$sql" --forget "$forget" --pid "$service_pid" "$@"

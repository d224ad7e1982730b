#!/usr/bin/env bash
# Retrieval quality on nura-loc, through the running service: see README.md beside this file.
# usage: run.sh --mirrors DIR [--queries FILE] [--raw] [--full-tree] [--packed] [--out FILE]
set -euo pipefail
. "$(dirname "$0")/service.sh"
benchmark=${NURA_LOC:-$root/../shared/benchmark/nura-loc}
python3 "$here/run.py" --address "$address" --benchmark "$benchmark" --sources "$work/sources" --forget "$forget" "$@"

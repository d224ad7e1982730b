#!/usr/bin/env bash
# The web client: types, and the units that run without a browser.
set -euo pipefail
cd "$(dirname "$0")/../Nura.Api/ClientApp"

npm ci --no-audit --no-fund --loglevel=error
npm run --silent check
npm run --silent test

#!/usr/bin/env bash
# Proves everything under tofu/ without a cloud: format, schema, lint, validate, tests, plan-apply-plan, policies,
# IAM, mutations, cost, lifecycle and disaster recovery. Needs Node 20 and tofu (or terraform); no account, no network
# beyond the npm registry on the first run. The last line is JSON.
set -euo pipefail
cd "$(dirname "$0")/../tofu/testing"
stamp=node_modules/.nura-lock
if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
  npm ci --silent --no-audit --no-fund
  cp package-lock.json "$stamp"
fi
exec node check.mjs "$@"

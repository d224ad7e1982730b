#!/usr/bin/env bash
# Publishes the API as its image has it, compiled ahead of time, and has the tests of the API and the gateway ask that instead of the one in their own process.
# Usage: tools/native-check.sh [filter of dotnet test]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish Nura.Api -c Release --use-current-runtime -o "$folder" -v quiet

# Without those that look inside the service.
filter=${1:-"(FullyQualifiedName~Nura.Tests.Api|FullyQualifiedName~Nura.Tests.Gateway)"}
NURA_TESTS_API="$folder/Nura.Api" dotnet test Nura.Tests --no-build --filter "$filter&Inside!=service" --blame-hang-timeout 5m

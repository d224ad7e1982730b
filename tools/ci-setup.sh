#!/usr/bin/env bash
# Installs what the tests use beside the .NET SDK, Node and git: native PostgreSQL 15 with pgvector, Redis, promtool,
# a browser, ripgrep, shellcheck, wrk, age and the AWS CLI. For Debian 12 as root; quick when everything is already there.
# Usage: tools/ci-setup.sh
set -euo pipefail

readonly pg=15
readonly extension="/usr/share/postgresql/$pg/extension/vector.control"

say() { printf 'ci-setup: %s\n' "$*"; }

# package:what it must bring (a program on PATH or a file)
readonly wanted=(
  "postgresql-$pg:/usr/lib/postgresql/$pg/bin/initdb"
  "redis-server:redis-server"
  "prometheus:promtool"
  "chromium-headless-shell:chromium-headless-shell"
  "ripgrep:rg"
  "shellcheck:shellcheck"
  "wrk:wrk"
  "age:age"
  "awscli:aws"
)

missing=()
for entry in "${wanted[@]}"; do
  command -v "${entry#*:}" >/dev/null || missing+=("${entry%%:*}")
done

if [[ ${#missing[@]} -eq 0 && -e $extension ]]; then
  say "nothing to do"
  exit 0
fi

if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
  say "needs root on Debian 12 to install: ${missing[*]} $([[ -e $extension ]] || echo pgvector)" >&2
  exit 1
fi

# Two runs at once wait for each other here instead of failing on the package manager's lock.
exec 9>/run/lock/nura-ci-setup
flock 9

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DEBIAN_FRONTEND=noninteractive

# An archive folder of its own: images that clean the shared one after every update would pull packages away mid-install.
mkdir -p "$work/archives/partial"
apt_get() { apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o "Dir::Cache::Archives=$work/archives" -o APT::Sandbox::User=root "$@"; }

if [[ ! -e $extension ]]; then
  missing+=("postgresql-server-dev-$pg" build-essential)
fi

say "installing ${missing[*]}"
apt_get update

# No service is to start by itself: the tests start their own servers on free ports.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -rf "$work" "$policy"' EXIT
fi

apt_get install -y --no-install-recommends "${missing[@]}" >"$work/apt.log" 2>&1 || {
  cat "$work/apt.log" >&2
  exit 1
}

# Debian 12 has no binary package of pgvector; the next release's source builds against PostgreSQL 15.
# A list of its own keeps that release out of the machine's package lists.
if [[ ! -e $extension ]]; then
  say "building pgvector"
  # shellcheck disable=SC2016 # apt's own placeholder
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian$') || {
    say "no Debian mirror is configured to take pgvector's source from" >&2
    exit 1
  }
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$work/trixie.list"
  mkdir -p "$work/lists/partial" "$work/source"
  next=(-o "Dir::Etc::SourceList=$work/trixie.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=")
  apt_get "${next[@]}" update
  (
    cd "$work/source"
    apt_get "${next[@]}" source --download-only pgvector
    # The orig tarball holds the extension; Debian's patches concern packaging only.
    tar -xf pgvector_*.orig.tar.*
    cd pgvector-*/
    export PG_CONFIG="/usr/lib/postgresql/$pg/bin/pg_config"
    # Without OPTFLAGS it would use the build machine's own instructions, which the next machine may lack.
    make -s -j"$(nproc)" OPTFLAGS="" with_llvm=no >"$work/make.log" 2>&1 && make -s install with_llvm=no >>"$work/make.log" 2>&1
  ) || {
    cat "$work/make.log" >&2
    exit 1
  }
fi

for entry in "${wanted[@]}"; do
  command -v "${entry#*:}" >/dev/null || { say "${entry%%:*} is installed but ${entry#*:} is missing" >&2; exit 1; }
done
[[ -e $extension ]] || { say "pgvector was built but $extension is missing" >&2; exit 1; }
say "done"

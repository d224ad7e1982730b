# shellcheck shell=bash
# Where backups are kept: BACKUP_URL is s3://bucket/prefix, or a folder. Sourced by the jobs.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

need() { # need VARIABLE...: stops when one is not set
  local name
  for name in "$@"; do
    [[ -n ${!name:-} ]] || fail "$name is not set"
  done
}

# BACKUP_S3_ENDPOINT: another server that speaks S3.
aws_s3() { aws ${BACKUP_S3_ENDPOINT:+--endpoint-url "$BACKUP_S3_ENDPOINT"} s3 "$@"; }

in_bucket() { [[ $BACKUP_URL == s3://* ]]; }

store_put() { # store_put FILE: under its own name
  local name
  name=$(basename "$1")
  if in_bucket; then
    aws_s3 cp --only-show-errors "$1" "${BACKUP_URL%/}/$name"
  else
    # Whole or not at all, also when the disk is full.
    cp "$1" "$BACKUP_URL/.$name.part" && mv "$BACKUP_URL/.$name.part" "$BACKUP_URL/$name"
  fi
}

store_get() { # store_get NAME FOLDER
  if in_bucket; then
    aws_s3 cp --only-show-errors "${BACKUP_URL%/}/$1" "$2/$1"
  else
    cp "$BACKUP_URL/$1" "$2/$1"
  fi
}

store_names() { # Names of the complete backups, oldest first. The time is part of the name, so they sort by it.
  if in_bucket; then
    # It ends with 1 when there is nothing; a refusal is another code.
    { aws_s3 ls "${BACKUP_URL%/}/" || (($? == 1)); } | awk '{ print $4 }'
  else
    find "$BACKUP_URL" -maxdepth 1 -type f -printf '%f\n'
  fi | sed -n 's/^\(nura-[0-9TZ]*\)\.manifest$/\1/p' | LC_ALL=C sort
}

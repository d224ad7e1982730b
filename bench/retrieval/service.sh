# Sourced by run.sh, scale.sh and push.sh: a database and a release build of Nura.Rag in a temporary folder, both gone at exit.
# The database is a native PostgreSQL with pgvector, or PGlite with DATABASE=pglite.
# EMBEDDINGS=1024: with vectors of so many dimensions of a model beside it, see embeddings.mjs.
# Sets: root, work, address, service_pid, sql (psql, to be given -c), forget (a command that empties the index).
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
chmod 755 "$work"

# PostgreSQL refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; else "$@"; fi; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
clean() {
  # Who is told to end ends with an error, and the rest is still to be done.
  set +e
  if [ -n "${service_pid:-}" ]; then kill "$service_pid" 2>/dev/null && wait "$service_pid" 2>/dev/null; fi
  if [ -n "${embeddings_pid:-}" ]; then kill "$embeddings_pid" 2>/dev/null && wait "$embeddings_pid" 2>/dev/null; fi
  if [ -n "${pglite_pid:-}" ]; then kill "$pglite_pid" 2>/dev/null && wait "$pglite_pid" 2>/dev/null; fi
  if [ -d "$work/postgres" ]; then as_postgres "$bin/pg_ctl" -D "$work/postgres" -m immediate stop >/dev/null 2>&1; fi
  rm -rf "$work"
}

trap clean EXIT
mkdir "$work/sources"

# Compiled beforehand, as the images are.
dotnet publish "$root/Nura.Rag" -c Release --use-current-runtime --no-self-contained -o "$work/rag" -v quiet --nologo >&2
case ${DATABASE:-native} in
  native)
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    bin=${bin:-$(pg_config --bindir)}
    port=$(free_port)
    mkdir "$work/postgres"
    if [ "$(id -u)" = 0 ]; then chown nobody:nogroup "$work/postgres"; fi
    as_postgres "$bin/initdb" -D "$work/postgres" -U nura -A trust -E UTF8 >/dev/null
    as_postgres "$bin/pg_ctl" -D "$work/postgres" -o "-p $port -k $work/postgres -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_wal_size=4GB" -l "$work/postgres/log" -w start >/dev/null
    psql -qh 127.0.0.1 -p "$port" -U nura postgres -c 'CREATE DATABASE nura'
    database="Host=127.0.0.1;Port=$port;Username=nura;Database=nura"
    sql="psql -qAth 127.0.0.1 -p $port -U nura nura"
    ;;
  pglite)
    (cd "$root/tools/pglite" && { [ -e node_modules/.restored ] || npm ci --silent --no-audit --no-fund >&2; })
    # It ends when its standard input does.
    mkfifo "$work/input"
    (cd "$root/tools/pglite" && MALLOC_ARENA_MAX=1 exec node --max-semi-space-size=4 server.mjs "$work/pglite" 0) <"$work/input" >"$work/pglite.log" &
    pglite_pid=$!
    exec 8>"$work/input"
    for _ in $(seq 300); do grep -q '"port"' "$work/pglite.log" && break; sleep 0.1; done
    port=$(sed -nE 's/.*"port":([0-9]+).*/\1/p' "$work/pglite.log")
    # What the AppHost says to it too.
    database="Host=127.0.0.1;Port=$port;Username=postgres;Password=unused;Database=nura;SSL Mode=Disable;No Reset On Close=true;Maximum Pool Size=8;Timeout=60"
    sql="psql -qAth 127.0.0.1 -p $port -U postgres nura"
    ;;
  *)
    echo "DATABASE is native or pglite" >&2
    exit 2
    ;;
esac
forget="$sql -c 'DELETE FROM rag.tree' -c 'DELETE FROM rag.blob'"

if [ -n "${EMBEDDINGS:-}" ]; then
  mkfifo "$work/questions"
  node "$here/embeddings.mjs" "$EMBEDDINGS" <"$work/questions" >"$work/embeddings.port" &
  embeddings_pid=$!
  exec 7>"$work/questions"
  for _ in $(seq 100); do [ -s "$work/embeddings.port" ] && break; sleep 0.1; done
  export Nura__Models__Servers__embeddings__BaseUrl="http://127.0.0.1:$(cat "$work/embeddings.port")/v1" Nura__Models__Servers__embeddings__EmbeddingModels__0=projection
  export Nura__Rag__EmbeddingModel=projection Nura__Rag__EmbeddingDeadlineMs=10000
fi

http=$(free_port)
address=http://127.0.0.1:$http
ConnectionStrings__nura="$database" Nura__Rag__MirrorDirectory="$work/mirrors" Nura__Rag__LocalRoots__0="$work/sources" \
  Nura__Rag__PollSeconds=0 Logging__LogLevel__Default=Warning \
  dotnet "$work/rag/Nura.Rag.dll" --urls "$address" >"$work/rag.log" 2>&1 &
service_pid=$!
for _ in $(seq 300); do curl -sf "$address/alive" >/dev/null && break; sleep 0.1; done

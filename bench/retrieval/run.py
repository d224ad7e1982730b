"""Measures Nura.Rag on nura-loc: indexes each snapshot through the running service, asks every query over HTTP, scores the answers.

Called by run.sh, which starts the service and its database."""
import argparse, json, os, subprocess, tempfile, time, urllib.error, urllib.request


def git(*arguments, **options):
    return subprocess.run(["git", *arguments], check=True, capture_output=True, **options).stdout


def call(address, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def mirror_of(mirrors, repository):
    owner, name = repository.split("/")
    for folder in (f"{owner}+{name}/repo", f"{owner}/{name}", f"{owner}/{name}.git"):
        if os.path.isdir(os.path.join(mirrors, folder)):
            return os.path.join(mirrors, folder)
    raise SystemExit(f"There is no mirror of {repository} below {mirrors}.")


def whole(folder, snapshot):
    """The same history without files whose content the mirror lacks (some mirrors are stored without their biggest files)."""
    listed = subprocess.run(["git", "--git-dir", folder, "rev-list", "--objects", "--missing=print", snapshot], check=True, capture_output=True).stdout
    missing = {line[1:].split()[0] for line in listed.splitlines() if line.startswith(b"?")}
    if not missing:
        return snapshot
    git("--git-dir", folder, "update-ref", "refs/heads/bench", snapshot)
    export = subprocess.Popen(["git", "--git-dir", folder, "fast-export", "--no-data", "--reencode=yes", "--signed-tags=strip", "--refspec", "refs/heads/bench:refs/heads/whole", "refs/heads/bench"], stdout=subprocess.PIPE)
    load = subprocess.Popen(["git", "--git-dir", folder, "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE)
    for line in export.stdout:
        if line.startswith(b"data "):
            load.stdin.write(line + export.stdout.read(int(line[5:])))
        elif line.startswith((b"reset ", b"commit ")):
            load.stdin.write(line.split(b" ")[0] + b" refs/heads/whole\n")
        elif not (line.startswith(b"M ") and line.split(b" ", 3)[2] in missing):
            load.stdin.write(line)
    load.stdin.close()
    if export.wait() or load.wait():
        raise SystemExit("The history could not be copied.")
    return git("--git-dir", folder, "rev-parse", "refs/heads/whole").decode().strip()


def prepare(mirror, snapshot, files, folder):
    """A bare repository whose only branch is the snapshot, with history up to it and nothing later.

    Of given files, one commit on top leaves only those: that is the source-only setting."""
    git("init", "--quiet", "--bare", folder)
    with open(os.path.join(folder, "objects", "info", "alternates"), "w") as alternates:
        alternates.write(os.path.join(os.path.abspath(mirror), "objects") + "\n")
    commit = snapshot = whole(folder, snapshot)
    if files is not None:
        environment = {**os.environ, "GIT_INDEX_FILE": os.path.join(folder, "bench.index"),
                       "GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@example.com", "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@example.com"}
        wanted = set(files)
        listing = git("--git-dir", folder, "ls-tree", "-r", "-z", snapshot).split(b"\0")
        kept = b"\0".join(line for line in listing if line and line.split(b"\t", 1)[1].decode("utf-8", "replace") in wanted)
        git("--git-dir", folder, "update-index", "-z", "--index-info", input=kept + b"\0", env=environment)
        tree = git("--git-dir", folder, "write-tree", env=environment).decode().strip()
        commit = git("--git-dir", folder, "commit-tree", tree, "-p", snapshot, "-m", "Sources only", env=environment).decode().strip()
    git("--git-dir", folder, "update-ref", "refs/heads/main", commit)
    for scaffold in ("bench", "whole"):
        git("--git-dir", folder, "update-ref", "-d", f"refs/heads/{scaffold}")
    git("--git-dir", folder, "symbolic-ref", "HEAD", "refs/heads/main")
    sizes = git("--git-dir", folder, "ls-tree", "-r", "-l", commit).decode("utf-8", "replace").splitlines()
    return {line.split("\t", 1)[1]: int(size) for line in sizes if (size := line.split("\t")[0].split()[3]).isdigit()}


def wait(address, repository):
    while True:
        view = call(address, f"/repositories/{repository}")
        if view["state"] in ("ready", "failed"):
            if view["state"] == "failed":
                raise SystemExit(f"{view['name']}: {view['error']}")
            return view
        time.sleep(0.02)


def evaluated(address, repository, seconds=600):
    """What the service found when it measured itself on the history before the snapshot; questions are asked with the weights it chose."""
    until = time.monotonic() + seconds
    while True:
        try:
            evaluation = call(address, f"/repositories/{repository}/evaluation")
            # What is in memory follows within a moment.
            time.sleep(2)
            return evaluation
        except urllib.error.HTTPError as error:
            if error.code != 404 or time.monotonic() > until:
                raise
        time.sleep(0.5)


def learned(address, repository, evaluation):
    """Waits until the dense lane is there, if the evaluation gave it a weight: it learns its words after the index is ready."""
    until = time.monotonic() + 60
    while evaluation["weights"].get("dense", 0) > 0 and not any("dense" in hit["lanes"] for hit in call(address, "/search", {"query": "read write open close", "repositories": [repository], "limit": 50})["hits"]):
        if time.monotonic() > until:
            raise SystemExit("The dense lane has a weight and votes for nothing.")
        time.sleep(0.1)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--address", required=True)
    arguments.add_argument("--mirrors", required=True)
    arguments.add_argument("--benchmark", required=True)
    arguments.add_argument("--sources", required=True, help="folder the service may add repositories from")
    arguments.add_argument("--forget", required=True, help="command that empties the index, to time indexing without the fetch")
    arguments.add_argument("--queries")
    arguments.add_argument("--raw", action="store_true")
    arguments.add_argument("--full-tree", action="store_true")
    arguments.add_argument("--packed", action="store_true", help="take the hunks from a second answer, packed by the service into 8,000 tokens")
    arguments.add_argument("--out")
    options = arguments.parse_args()

    queries_file = options.queries or os.path.join(options.benchmark, "dev", "queries.jsonl")
    queries = [json.loads(line) for line in open(queries_file)]
    repositories = json.load(open(os.path.join(options.benchmark, "repos.json")))
    run, latencies, megabytes, chunks, seconds = [], [], 0.0, 0, 0.0
    for name, facts in repositories.items():
        files = None if options.full_tree else open(os.path.join(options.benchmark, "corpus", f"{name}.files.txt")).read().splitlines()
        folder = tempfile.mkdtemp(prefix=f"{name}-", dir=options.sources)
        sizes = prepare(mirror_of(options.mirrors, facts["repo"]), facts["snapshot"], files, folder)
        view = call(options.address, "/repositories", {"source": folder, "name": os.path.basename(folder)})
        wait(options.address, view["id"])
        evaluation = evaluated(options.address, view["id"])
        subprocess.run(options.forget, shell=True, check=True, capture_output=True)
        started = time.perf_counter()
        call(options.address, f"/repositories/{view['id']}/index", method="POST")
        view = wait(options.address, view["id"])
        seconds += time.perf_counter() - started
        left_out = {issue["path"]: issue["reason"] for issue in call(options.address, f"/repositories/{view['id']}/issues?take=1000")}
        megabytes += sum(size for path, size in sizes.items() if path not in left_out) / 1e6
        chunks += view["chunks"]
        corpus = set(open(os.path.join(options.benchmark, "corpus", f"{name}.files.txt")).read().splitlines())
        lost = {path: reason for path, reason in left_out.items() if path in corpus}
        print(f"{name}: {view['files']} files, {view['chunks']} chunks; source files left out: {lost or 'none'}", flush=True)
        print(f"  self-evaluation: {evaluation.get('reason') or ', '.join(lane['name'] + ' ' + format(100 * lane['recall10'], '.1f') + '/' + format(100 * lane['mrr10'], '.1f') for lane in evaluation['lanes'])};"
              f" {evaluation['questions']} questions in {evaluation['seconds']:.1f} s; weights {evaluation['weights'] or 'as usual'}, adapted {evaluation['adapted'] or 'none'}", flush=True)
        learned(options.address, view["id"], evaluation)
        for query in (query for query in queries if query["repo"] == facts["repo"]):
            body = {"query": query["query_raw" if options.raw else "query"][:8192], "repositories": [view["id"]], "limit": 200}
            started = time.perf_counter()
            hits = call(options.address, "/search", body)["hits"]
            latencies.append((time.perf_counter() - started) * 1000)
            files = list(dict.fromkeys(hit["citation"]["path"] for hit in hits))
            if options.packed:
                hits = call(options.address, "/search", {**body, "budgetTokens": 8000})["hits"]
            places = [(hit["citation"]["path"], hit["citation"]["startLine"], hit["citation"]["endLine"], len(hit["text"])) for hit in hits]
            run.append({"id": query["id"], "files": files,
                        "chunks": [{"file": file, "start": start, "end": end, "chars": length} for file, start, end, length in places]})
        call_delete(options.address, view["id"])

    out = options.out or os.path.join(tempfile.mkdtemp(prefix="nura-bench-"), "run.jsonl")
    with open(out, "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in run)
    table = subprocess.run(["python3", os.path.join(options.benchmark, "score.py"), queries_file, out], check=True, capture_output=True, text=True).stdout
    print(table)
    average = next(line for line in table.splitlines() if line.startswith("MACRO")).split()
    hunks = next((line for line in table.splitlines() if line.startswith("hunk")), "0 0 0").split()
    print(json.dumps({"recall10": float(average[4]), "mrr10": float(average[5]), "hunk8k": float(hunks[-2]), "index_mb_s": round(megabytes / seconds, 2),
                      "index_chunks_s": round(chunks / seconds), "query_p95_ms": round(percentile(latencies, 0.95), 2)}))


def call_delete(address, repository):
    urllib.request.urlopen(urllib.request.Request(f"{address}/repositories/{repository}", method="DELETE")).close()


if __name__ == "__main__":
    main()

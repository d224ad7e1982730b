"""Indexes one big tree through the running Nura.Rag and asks it questions; ripgrep searches the same files beside it. Called by scale.sh."""
import argparse, json, os, random, subprocess, tempfile, time
from run import call, call_delete, git, percentile, wait

VERBS = "get set load save parse write read open close build find merge split start stop queue fetch index rank score cache retry resolve check count".split()
NOUNS = "user order token chunk file path query index session request response header stream buffer account policy budget route agent tool event lease".split()


def generate(folder, chunks, seed=7):
    """Source files of about eight chunks each, with the vocabulary and shape of ordinary code."""
    chance = random.Random(seed)
    git("init", "--quiet", "--bare", folder)
    load = subprocess.Popen(["git", "--git-dir", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    load.stdin.write(b"commit refs/heads/main\ncommitter bench <bench@example.com> 1700000000 +0000\ndata 0\n")
    for number in range(chunks // 8):
        name = f"{chance.choice(NOUNS).title()}{chance.choice(NOUNS).title()}{number}"
        lines = [f"namespace Generated.Area{number % 97};", "", f"/// <summary>{' '.join(chance.choices(VERBS + NOUNS, k=12))}.</summary>", f"public sealed class {name}", "{"]
        while sum(len(line.replace(" ", "")) for line in lines) < 8 * 720:
            verb, noun = chance.choice(VERBS), chance.choice(NOUNS)
            lines.append(f"    /// <summary>{verb.title()}s the {noun} of {' '.join(chance.choices(NOUNS, k=4))}.</summary>")
            lines.append(f"    public int {verb.title()}{noun.title()}{chance.randrange(2000)}(string {noun}, int {chance.choice(NOUNS)}Count)")
            lines.append("    {")
            for _ in range(chance.randrange(3, 9)):
                lines.append(f"        var {chance.choice(NOUNS)}{chance.randrange(500)} = {chance.choice(VERBS)}_{chance.choice(NOUNS)}({noun}.Length + {chance.randrange(9999)});")
            lines += ["        return 0;", "    }", ""]
        text = "\n".join(lines + ["}", ""]).encode()
        load.stdin.write(f"M 100644 inline src/area{number % 97}/{name}.cs\ndata {len(text)}\n".encode() + text + b"\n")
    load.stdin.write(b"\n")
    load.stdin.close()
    if load.wait():
        raise SystemExit("The tree could not be generated.")
    git("--git-dir", folder, "symbolic-ref", "HEAD", "refs/heads/main")


def memory(pid, field):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return 0


def processor(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--address", required=True)
    arguments.add_argument("--sources", required=True)
    arguments.add_argument("--sql", required=True)
    arguments.add_argument("--forget", required=True)
    arguments.add_argument("--pid", required=True)
    arguments.add_argument("--chunks", type=int, default=100_000)
    arguments.add_argument("--tree", help="a git repository to use instead of a generated one")
    arguments.add_argument("--questions", type=int, default=300)
    options = arguments.parse_args()

    folder = tempfile.mkdtemp(prefix="scale-", dir=options.sources)
    if options.tree:
        git("clone", "--quiet", "--bare", options.tree, folder)
    else:
        generate(folder, options.chunks)
    before = memory(options.pid, "VmRSS")
    view = call(options.address, "/repositories", {"source": folder, "name": os.path.basename(folder)})
    wait(options.address, view["id"])
    subprocess.run(options.forget, shell=True, check=True, capture_output=True)
    cpu, started = processor(options.pid), time.perf_counter()
    call(options.address, f"/repositories/{view['id']}/index", method="POST")
    view = wait(options.address, view["id"])
    seconds, cpu = time.perf_counter() - started, processor(options.pid) - cpu
    # Of what is in the index; what is left out was read in part or not at all.
    indexed = f"SELECT sum(b.bytes) FROM rag.tree t JOIN rag.blob b ON b.id = t.blob WHERE t.repository = '{view['id']}' AND b.chunks > 0"
    megabytes = int(subprocess.run(f'{options.sql} -c "{indexed}"', shell=True, check=True, capture_output=True).stdout) / 1e6

    started, vectors = time.perf_counter(), None
    if os.environ.get("EMBEDDINGS"):
        # Ready when every chunk has a vector and, on native PostgreSQL, their index is made. Before the work begins the state is that of the run before.
        while (vectors := call(options.address, f"/repositories/{view['id']}/embeddings"))["state"] != "ready" or vectors["chunksDone"] < view["chunks"]:
            # Emptying the index may have met vectors that were being made; the service tries again after 5 seconds.
            if vectors["state"] == "failed" and time.perf_counter() - started > 60:
                raise SystemExit(f"The vectors were not made: {vectors['error']}")
            time.sleep(0.5)
        vectors = {"dimensions": int(os.environ["EMBEDDINGS"]), "vectors": vectors["chunksDone"], "hnsw": vectors["indexed"], "vectors_s": round(time.perf_counter() - started, 1)}

    chance = random.Random(11)
    questions = [" ".join(chance.choices(VERBS + NOUNS, k=chance.randrange(3, 9))) for _ in range(options.questions)]

    def ask():
        http, core = [], []
        for question in questions:
            started = time.perf_counter()
            answer = call(options.address, "/search", {"query": question, "repositories": [view["id"]], "limit": 10})
            http.append((time.perf_counter() - started) * 1000)
            core.append(answer["elapsedMs"])
            if vectors and answer.get("lanesLeftOut"):
                raise SystemExit(f"A search went on without a lane: {answer['lanesLeftOut']}")
        return http, core

    http, core = ask()
    if vectors:
        # A question's vector is remembered: the second time there is no call of the model.
        again, _ = ask()
        vectors |= {"query_again_p50_ms": round(percentile(again, 0.5), 2), "query_again_p95_ms": round(percentile(again, 0.95), 2)}

    work = tempfile.mkdtemp(prefix="scale-tree-", dir=options.sources)
    git("--git-dir", folder, f"--work-tree={work}", "checkout", "--quiet", "HEAD", "--", ".")
    grep = []
    for question in questions[:20]:
        started = time.perf_counter()
        subprocess.run(["rg", "--count-matches", "--ignore-case", "|".join(question.split()), work], capture_output=True)
        grep.append((time.perf_counter() - started) * 1000)
    print(json.dumps({
        "files": view["files"], "chunks": view["chunks"], "mb": round(megabytes, 1), "index_s": round(seconds, 2), "index_mb_s": round(megabytes / seconds, 2),
        "index_chunks_s": round(view["chunks"] / seconds), "service_cpu_s": round(cpu, 2), "query_core_p50_ms": round(percentile(core, 0.5), 2),
        "query_core_p95_ms": round(percentile(core, 0.95), 2), "query_http_p50_ms": round(percentile(http, 0.5), 2), "query_http_p95_ms": round(percentile(http, 0.95), 2),
        "ripgrep_p50_ms": round(percentile(grep, 0.5), 1), "ripgrep_p95_ms": round(percentile(grep, 0.95), 1),
        "rss_mb": round(memory(options.pid, "VmRSS")), "rss_peak_mb": round(memory(options.pid, "VmHWM")), "rss_before_mb": round(before), "load": os.getloadavg()[0], **(vectors or {})}))
    call_delete(options.address, view["id"])


if __name__ == "__main__":
    main()

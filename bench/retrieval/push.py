"""Pushes small commits into a big repository and measures how long each takes from the notice to the first answer from it. Called by push.sh."""
import argparse, json, os, random, tempfile, time, urllib.request
from run import call, call_delete, git, percentile, wait
from scale import NOUNS, VERBS, generate


def notice(address, webhook, ref):
    request = urllib.request.Request(address + webhook["path"], json.dumps({"ref": ref}).encode(), {"Authorization": "Bearer " + webhook["secret"], "Content-Type": "application/json"})
    urllib.request.urlopen(request).read()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--address", required=True)
    arguments.add_argument("--sources", required=True)
    arguments.add_argument("--chunks", type=int, default=100_000)
    arguments.add_argument("--pushes", type=int, default=40)
    arguments.add_argument("--pause", type=float, default=1.0, help="seconds between two pushes")
    options = arguments.parse_args()

    folder = tempfile.mkdtemp(prefix="push-", dir=options.sources)
    generate(folder, options.chunks)
    view = call(options.address, "/repositories", {"source": folder, "name": os.path.basename(folder)})
    view = wait(options.address, view["id"])
    webhook = call(options.address, f"/repositories/{view['id']}/webhook", method="POST")
    work = tempfile.mkdtemp(prefix="push-work-", dir=options.sources)
    git("clone", "--quiet", folder, work)
    files = sorted(os.path.join(root, name) for root, _, names in os.walk(os.path.join(work, "src")) for name in names)

    chance = random.Random(3)
    times = []
    for push in range(options.pushes):
        for path in chance.sample(files, chance.randrange(1, 20)):
            with open(path, "a") as file:
                file.write(f"// {' '.join(chance.choices(VERBS + NOUNS, k=6))}\n")
        word = f"Pushed{push}marker"
        with open(os.path.join(work, "src", f"{word}.cs"), "w") as file:
            file.write(f"public sealed class {word} {{ }}\n")
        git("-C", work, "add", "--all")
        git("-C", work, "-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", f"Push {push}")
        git("-C", work, "push", "--quiet", "origin", "HEAD:main")
        started = time.perf_counter()
        notice(options.address, webhook, "refs/heads/main")
        while not any(word in hit["text"] for hit in call(options.address, "/search", {"query": word, "repositories": [view["id"]], "limit": 3})["hits"]):
            time.sleep(0.005)
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(options.pause)

    print(json.dumps({"chunks": view["chunks"], "pushes": len(times), "push_p50_ms": round(percentile(times, 0.5)), "push_p95_ms": round(percentile(times, 0.95)),
                      "push_max_ms": round(max(times)), "load": os.getloadavg()[0]}))
    call_delete(options.address, view["id"])


if __name__ == "__main__":
    main()

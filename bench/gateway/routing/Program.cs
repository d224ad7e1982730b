// Time of one routing decision among 30 targets: complexity estimated from a question of 1,200 characters, constraints, cost and latency of every candidate.
// Usage: dotnet run -c Release --project bench/gateway/routing. Last line: {"targets":30,"p50Us":…,"p99Us":…,"maxUs":…,"bytes":…}
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Nura.Models;

const int Targets = 30;
const int WarmUp = 30_000;
const int Decisions = 50_000;

var options = new ModelsOptions { Catalog = Path.GetTempFileName() };
options.Servers.Add("here", new ServerOptions { BaseUrl = "http://127.0.0.1:1/v1", Models = { "m0" } });
var names = Enumerable.Range(0, Targets).Select(i => $"m{i}").ToArray();
File.WriteAllText(options.Catalog, JsonSerializer.Serialize(new
{
    rules = new object[] { new { name = "hard", complexityAbove = 0.99, use = names }, new { name = "all", use = names, pick = "fastest" } },
    models = names.Select((name, i) => new
    {
        id = name,
        provider = "openai",
        server = "here",
        context = 128_000,
        capabilities = (i % 5 == 0 ? "vision" : "tools streaming vision").Split(' '),
        prices = new[] { new { input = 1 + (i * 0.1), output = 5 + i } },
    }),
}));

var latencies = new Latencies();
foreach (var name in names)
{
    latencies.Record(name, TimeSpan.FromMilliseconds(100 + name.Length));
}

var router = new ModelRouter(new ModelCatalog(Options.Create(options), TimeProvider.System), latencies, Options.Create(options), TimeProvider.System);
File.Delete(options.Catalog);
var questions = Enumerable.Range(0, 16).Select(i => string.Join(' ', Enumerable.Repeat(
    $"Why does the retry loop of service {i} hold the lock while it waits, and how would you redesign it without losing messages?\n```\nlock (gate) {{ Send(); }}\n```\n", 8))).ToArray();
for (var i = 0; i < WarmUp; i++)
{
    router.Decide(new RouteHints(questions[i % questions.Length], NeedsTools: true));
}

var times = new double[Decisions];
var allocated = GC.GetAllocatedBytesForCurrentThread();
for (var i = 0; i < Decisions; i++)
{
    var started = Stopwatch.GetTimestamp();
    router.Decide(new RouteHints(questions[i % questions.Length], NeedsTools: true));
    times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
}

allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
Array.Sort(times);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{{\"targets\":{Targets},\"questionChars\":{questions[0].Length},\"p50Us\":{times[Decisions / 2]:0.0},\"p99Us\":{times[Decisions * 99 / 100]:0.0},\"maxUs\":{times[^1]:0},\"bytes\":{allocated / Decisions}}}"));

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nura.Contracts;

namespace Nura.Tests.Fakes;

/// <summary>Speaks the contract of Nura.Rag over HTTP and knows exactly the files it is given. For tests of what stands before it.</summary>
internal sealed class FakeRag : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication _app;
    private readonly Dictionary<string, string[]> _files = new(StringComparer.Ordinal);

    private FakeRag(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public ConcurrentQueue<SearchRequest> Searches { get; } = [];

    public ConcurrentQueue<ResolveCitations> Resolves { get; } = [];

    /// <summary>Answered by every search, in place of all files.</summary>
    public IReadOnlyList<SearchHit>? Hits { get; set; }

    public int Pending { get; set; }

    /// <summary>Runs before every answer; may wait, or answer itself by returning true.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    public static async Task<FakeRag> StartAsync()
    {
        var app = Loopback.Create(services => services.ConfigureHttpJsonOptions(json => ContractsJson.Apply(json.SerializerOptions)));
        var fake = new FakeRag(app);
        app.Use(async (http, next) =>
        {
            if (fake.Instead is null || !await fake.Instead(http))
            {
                await next(http);
            }
        });
        app.MapPost("/search", (SearchRequest request) => fake.Search(request));
        app.MapPost("/citations/resolve", (ResolveCitations request) => fake.Resolve(request));
        app.MapGet("/file", (string citation) => fake.Find(citation) is { } lines ? Results.Ok(lines) : Results.NotFound());
        await app.StartAsync();
        return fake;
    }

    /// <summary>Adds a file of repository <c>shop</c>.</summary>
    public void Add(string path, params string[] lines) => _files[path] = lines;

    public static Citation Cite(string path, int start, int end) => new("shop", Commit, path, start, end);

    public static SearchHit Hit(string path, int start, params string[] lines) => new(
        Cite(path, start, start + lines.Length - 1), Guid.Empty, null, "text", string.Join('\n', lines), 1, ["lexical"], []);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private SearchAnswer Search(SearchRequest request)
    {
        Searches.Enqueue(request);
        return new SearchAnswer(Hits ?? [.. _files.Select(file => Hit(file.Key, 1, file.Value))], 1, Pending, 0.5);
    }

    private IReadOnlyList<FileLines?> Resolve(ResolveCitations request)
    {
        Resolves.Enqueue(request);
        return [.. request.Citations.Select(Find)];
    }

    private FileLines? Find(string text) =>
        Citation.TryParse(text, out var citation) && citation.Repository == "shop" && Commit.StartsWith(citation.Commit, StringComparison.Ordinal)
        && _files.TryGetValue(citation.Path, out var lines) && citation.StartLine <= lines.Length
            ? new FileLines(citation with { Commit = Commit, EndLine = Math.Min(citation.EndLine, lines.Length) }, string.Join('\n', lines[(citation.StartLine - 1)..Math.Min(citation.EndLine, lines.Length)]), lines.Length)
            : null;
}

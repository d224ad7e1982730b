using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>The server a command talks to, and where it writes.</summary>
/// <param name="Http">Sends with the key; its base address is the server.</param>
/// <param name="Rag">The server's API for repositories and search.</param>
/// <param name="AsJson">Whether answers are written as JSON.</param>
/// <param name="Output">Where answers go.</param>
/// <param name="Error">Where progress and errors go.</param>
internal sealed record Connection(HttpClient Http, RagClient Rag, bool AsJson, TextWriter Output, TextWriter Error)
{
    private const string Default = "http://localhost:5180";

    public static Option<string?> Url { get; } = new("--url") { Description = "The server's address, in place of NURA_URL.", Recursive = true };

    public static Option<bool> Json { get; } = new("--json") { Description = "Write the answer as JSON.", Recursive = true };

    /// <summary>Gives a command its action: what it throws becomes one line and an exit code.</summary>
    public static Command Run(Command command, Func<ParseResult, Connection, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parse, cancellationToken) =>
        {
            var (output, error) = (Terminal.Shown(parse.InvocationConfiguration.Output), parse.InvocationConfiguration.Error);
            var address = parse.GetValue(Url) ?? Environment.GetEnvironmentVariable("NURA_URL");
            address = string.IsNullOrWhiteSpace(address) ? Default : address;
            try
            {
                using var http = Open(address);
                using var api = Open(address, "api/");
                return await action(parse, new Connection(http, new RagClient(api), parse.GetValue(Json), output, error), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (ProblemException exception)
            {
                await Terminal.Shown(error).WriteLineAsync($"nura: {Explain(exception, address)}");
                return ExitCodes.Failed;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
                await Terminal.Shown(error).WriteLineAsync($"nura: the connection to {address} failed: {exception.Message}");
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    /// <summary>Writes an answer as JSON, on one line.</summary>
    public Task WriteJsonAsync<T>(T answer) => Output.WriteLineAsync(JsonSerializer.Serialize(answer, ContractsJson.Options));

    /// <summary>The identities of repositories by name; <see langword="null"/> for all if none is named.</summary>
    /// <exception cref="ProblemException">There is no repository of a name.</exception>
    public async Task<IReadOnlyList<Guid>?> IdentitiesAsync(string[]? names, CancellationToken cancellationToken)
    {
        if (names is null or { Length: 0 })
        {
            return null;
        }

        var list = await Rag.ListAsync(cancellationToken);
        return [.. names.Select(name => Named(list, name).Id)];
    }

    /// <summary>The repository of a name.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public async Task<RepositoryView> RepositoryAsync(string name, CancellationToken cancellationToken) => Named(await Rag.ListAsync(cancellationToken), name);

    private static RepositoryView Named(IReadOnlyList<RepositoryView> list, string name) =>
        list.FirstOrDefault(repository => string.Equals(repository.Name, name, StringComparison.OrdinalIgnoreCase) || repository.Id.ToString() == name)
        ?? throw new ProblemException((int)HttpStatusCode.NotFound, $"There is no repository \"{name}\".", list.Count == 0 ? "None has been added yet: nura repos add SOURCE." : $"There are: {string.Join(", ", list.Select(repository => repository.Name))}.");

    private static HttpClient Open(string address, string folder = "")
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/" + folder, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ProblemException(400, $"\"{address}\" is no address of a server.", $"Set NURA_URL to one such as {Default}.");
        }

        if (Environment.GetEnvironmentVariable("NURA_KEY")?.Trim() is not { Length: > 0 } key)
        {
            throw new ProblemException(401, "NURA_KEY is not set.", "Set it to an API key of the server; at its start Nura shows one in the terminal.");
        }

        var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = uri, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    private static string Explain(ProblemException exception, string address) =>
        exception.InnerException is HttpRequestException or OperationCanceledException ? $"no server answers at {address}: {exception.GetBaseException().Message.TrimEnd('.')}. Start Nura, or set NURA_URL to where it runs."
        : exception.Detail is { } detail && exception.Title.EndsWith($" service answered {exception.Status}.", StringComparison.Ordinal) ? detail
        : exception.Message;
}

using Microsoft.Extensions.AI;
using Nura.Contracts;
using Nura.Models;
using Nura.Rag.Search;

namespace Nura.Rag.Assistance;

/// <summary>Asks a model something within a deadline. Its calls are accounted for like any others; whatever goes wrong, the search goes on.</summary>
internal sealed partial class ModelAsker(ChatClients clients, ModelCatalog catalog, SearchCaller caller, TimeProvider time, ILogger<ModelAsker> logger)
{
    // Thirty numbers, or a dozen words.
    private const int MostTokens = 256;

    /// <summary>Asks.</summary>
    /// <param name="name">The model.</param>
    /// <param name="instructions">What it is to do; ours alone, nothing of a caller or a repository.</param>
    /// <param name="data">What it is to do it with.</param>
    /// <param name="deadline">After this nobody waits for the answer any more.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>What became of it, and the reply if there is one: untrusted text.</returns>
    public async Task<(AssistanceOutcome Outcome, string Reply)> AskAsync(string name, string instructions, string data, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            var model = catalog.Current(catalog.Find(name) ?? throw new ModelException($"There is no model '{name}' any more.", 404, isRetryable: false));
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = MostTokens }.WithCaller(caller.Current);
            var answer = await clients.For(model)
                .GetResponseAsync([new ChatMessage(ChatRole.System, instructions), new ChatMessage(ChatRole.User, data)], options, either.Token).WaitAsync(either.Token);
            return (AssistanceOutcome.Done, answer.Text);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogLate(name, deadline.TotalMilliseconds);
            return (AssistanceOutcome.Late, "");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception, name);
            return (AssistanceOutcome.Failed, "");
        }
    }

    [LoggerMessage(2040, LogLevel.Information, "Model {Model} did not help a search within {Deadline} ms")]
    private partial void LogLate(string model, double deadline);

    [LoggerMessage(2041, LogLevel.Warning, "Model {Model} could not help a search")]
    private partial void LogFailed(Exception exception, string model);
}

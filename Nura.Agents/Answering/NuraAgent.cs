using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Nura.Agents.Kernel;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Agents.Answering;

/// <summary>Retrieves, answers, cites. A model that can use tools may look further, in a bounded number of steps.</summary>
internal sealed class NuraAgent(AgentProfile profile, RagClient rag, ModelRouter router, ChatClients clients, IOptions<AgentsOptions> options, TimeProvider time) : IAgent
{
    private const int MostHits = 24;

    public string Name => profile.Name;

    public string Description => profile.Description;

    public async Task<string> AnswerAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var search = await SearchAsync(run, cancellationToken);
        var conversation = Conversation(run, search.Hits);
        var model = Choose(run, conversation);
        if (model.Id == Offline)
        {
            // It gets the passages beside the question.
            conversation[^1] = new ChatMessage(ChatRole.User, run.Request.Messages[^1].Content);
        }

        var reason = await new ToolLoop(clients.For(model), model, options.Value.MaxSteps, time)
            .AnswerAsync(run, conversation, Options(run, search.Hits, model), cancellationToken);
        if (search.RepositoriesPending > 0)
        {
            await run.WriteAsync(Pending(search), cancellationToken);
        }

        return reason;
    }

    private async Task<SearchAnswer> SearchAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var query = RetrievalQuery.Of(run.Request.Messages);
        var answer = await rag.For(run.Payer).SearchAsync(new SearchRequest(query, run.Request.Repositories, MostHits, options.Value.ContextTokens), cancellationToken);
        foreach (var hit in answer.Hits)
        {
            run.Know(new FileLines(hit.Citation, hit.Text, hit.Citation.EndLine));
        }

        var summary = $"{Count(answer.Hits.Count, "passage", "passages")} from {Count(answer.RepositoriesSearched, "repository", "repositories")}";
        run.Report(new RunTool("search", summary, time.GetElapsedTime(started).TotalMilliseconds));
        return answer;
    }

    private static string Count(int number, string one, string several) => string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several)}");

    private ModelInfo Choose(AgentRun run, List<ChatMessage> conversation)
    {
        var request = run.Request;
        // Best a model that takes the whole conversation; else one that takes the last question, the oldest are dropped for it; else any, and it says what it cannot take.
        var hints = new RouteHints(request.Messages[^1].Content, profile.Kind, request.Model, InputTokens: TokenEstimate.Of(conversation));
        var decision = router.Decide(hints);
        foreach (var tokens in (int[])[TokenEstimate.Of(conversation.TakeLast(1)), 0])
        {
            if (request.Model is null ? decision.Model.Id != Offline : decision.Rule == ModelRouter.AskedFor)
            {
                break;
            }

            hints = hints with { InputTokens = tokens };
            decision = router.Decide(hints);
        }

        // Tools let a model look further. One that cannot use them still has the passages, and is better than none or another than the one asked for.
        if (decision.Rule != ModelRouter.AskedFor && run.Tools.Count > 0 && router.Decide(hints with { NeedsTools = true }) is { Model.Id: not Offline } able)
        {
            decision = able;
        }

        var note = RouteNote.Of(decision);
        run.Report(new RunRoute(note.Chosen, note.Rule, note.Complexity, [.. note.Candidates.Select(reason => new RunRouteCandidate(reason.Model, reason.Rejected))]));
        return decision.Target;
    }

    private List<ChatMessage> Conversation(AgentRun run, IReadOnlyList<SearchHit> hits)
    {
        var conversation = new List<ChatMessage> { new(ChatRole.System, Prompt.System(profile)) };
        foreach (var message in run.Request.Messages.SkipLast(1))
        {
            conversation.Add(new ChatMessage(new ChatRole(message.Role), message.Content));
        }

        conversation.Add(new ChatMessage(ChatRole.User, Prompt.Question(run.Request.Messages[^1].Content, hits)));
        return conversation;
    }

    private ChatOptions Options(AgentRun run, IReadOnlyList<SearchHit> hits, ModelInfo model)
    {
        var chat = new ChatOptions { MaxOutputTokens = run.Request.MaxOutputTokens, Temperature = run.Request.Temperature }
            .WithCaller(new Caller(run.Payer?.Key.ToString(), run.Payer?.User, run.Payer?.Team, Name));
        if (model.Id == Offline)
        {
            return chat.WithPassages([.. hits.Select(hit => new Passage(hit.Citation.ToString(), hit.Text, hit.Score, hit.Terms))]);
        }

        if (model.Can(Capabilities.Tools))
        {
            chat.Tools = [.. run.Tools.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Parameters))];
        }

        return chat;
    }

    private static string Pending(SearchAnswer search) => string.Create(
        CultureInfo.InvariantCulture,
        $"\n\n_Not everything could be searched: {search.RepositoriesPending} of {search.RepositoriesSearched + search.RepositoriesPending} repositories are not indexed yet._\n");

    private const string Offline = "offline";
}

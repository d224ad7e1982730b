using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Contracts;
using Nura.Models;

namespace Nura.Api.OpenAi;

/// <summary>The OpenAI dialect: chat completions and the list of models.</summary>
internal static class OpenAiEndpoints
{
    private static readonly ModelEntry s_auto = new(AutoModel.Name, "nura");

    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").WithTags("OpenAI").RequireAuthorization();
        // One service to ask for with each request, not all that it needs.
        group.MapPost("/chat/completions", (HttpContext http, ChatCompletions chat) => chat.AnswerAsync(http))
            .Accepts<ChatCompletionBody>("application/json").Produces<ChatCompletionAnswer>().Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
        group.MapGet("/models", ModelsAsync);
        group.MapGet("/models/{**id}", ModelAsync);
    }

    private static async Task<ModelList> ModelsAsync(ModelCatalog catalog, AgentsClient agents, CancellationToken cancellationToken) =>
        new([.. (await AgentsAsync(agents, cancellationToken)).Select(Of), s_auto, .. catalog.Usable.Select(Of)]);

    private static async Task<ModelEntry> ModelAsync(string id, ModelCatalog catalog, AgentsClient agents, CancellationToken cancellationToken) =>
        catalog.Find(id) is { } model && catalog.IsUsable(model) ? Of(model)
        : id == AutoModel.Name ? s_auto
        : (await agents.ListAsync(cancellationToken)).FirstOrDefault(agent => agent.Name == id) is { } agent ? Of(agent)
        : throw RequestException.NoModel(id);

    // Models answer without the agents' service, and tools look here before they ask one.
    private static async Task<IReadOnlyList<AgentView>> AgentsAsync(AgentsClient agents, CancellationToken cancellationToken)
    {
        try
        {
            return await agents.ListAsync(cancellationToken);
        }
        catch (ProblemException away) when (away.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return [];
        }
    }

    private static ModelEntry Of(AgentView agent) => new(agent.Name, "nura");

    private static ModelEntry Of(ModelInfo model) => new(model.Id, model.Server ?? model.Provider);
}

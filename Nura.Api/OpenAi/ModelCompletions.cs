using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Nura.Api.Errors;
using Nura.Api.Gateway;
using Nura.Models;

namespace Nura.Api.OpenAi;

/// <summary>Answers by a model itself, in this process. The client's cancellation is the model's.</summary>
internal sealed class ModelCompletions(ChatClients clients)
{
    /// <summary>Answers a request.</summary>
    /// <param name="named">The model that the caller named.</param>
    /// <param name="model">What is asked first: itself, or what stands in for it.</param>
    /// <param name="request">The request.</param>
    /// <param name="caller">On whose account.</param>
    /// <param name="notes">Take the receipt.</param>
    /// <param name="cancellationToken">Stops the model too.</param>
    public async IAsyncEnumerable<Piece> AnswerAsync(ModelInfo named, ModelInfo model, ChatRequest request, Caller caller, AnswerNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (model.Kind != ModelKind.Chat)
        {
            throw RequestException.BadParameter("model", $"'{named.Id}' makes embeddings and cannot chat.");
        }

        notes.AskedFor(named, model);
        var (messages, chat) = (ModelMessages.Of(request), ModelMessages.Options(request).WithCaller(caller).WithReceipt(notes.Receipt));
        ModelFit.Check(model, messages, chat);
        var usage = new UsageDetails();
        var finish = ChatFinishReason.Stop;
        var called = false;
        if (request.Stream)
        {
            await foreach (var update in clients.For(model).GetStreamingResponseAsync(messages, chat, cancellationToken))
            {
                finish = update.FinishReason ?? finish;
                foreach (var content in update.Contents)
                {
                    if (content is UsageContent used)
                    {
                        usage.Add(used.Details);
                    }
                    else if (Of(content) is { } piece)
                    {
                        called |= piece is ToolCallPiece;
                        yield return piece;
                    }
                }
            }
        }
        else
        {
            // An answer that is wanted whole is also asked for whole: that is cheaper at both ends.
            var answer = await clients.For(model).GetResponseAsync(messages, chat, cancellationToken);
            finish = answer.FinishReason ?? finish;
            usage = answer.Usage ?? usage;
            foreach (var piece in answer.Messages.SelectMany(message => message.Contents).Select(Of).OfType<Piece>())
            {
                called |= piece is ToolCallPiece;
                yield return piece;
            }
        }

        // Servers end a call that was demanded by name with "stop". One that was cut stays "length": it is not to be run.
        yield return new EndPiece(called && finish == ChatFinishReason.Stop ? "tool_calls" : finish.Value, new CompletionUsage(
            usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0, usage.ReasoningTokenCount ?? 0));
    }

    private static Piece? Of(AIContent content) => content switch
    {
        TextContent { Text.Length: > 0 } text => new TextPiece(text.Text),
        FunctionCallContent call => new ToolCallPiece(call.CallId, call.Name, ToolJson.Written(call)),
        _ => null,
    };
}

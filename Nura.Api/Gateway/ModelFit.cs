using Microsoft.Extensions.AI;
using Nura.Api.Errors;
using Nura.Models;

namespace Nura.Api.Gateway;

/// <summary>Refuses what a model cannot do, before anything is paid for: the catalog declares what it can.</summary>
internal static class ModelFit
{
    /// <summary>Whether a conversation has images.</summary>
    public static bool HasImages(IEnumerable<ChatMessage> messages) => messages.Any(message => message.Contents.Any(content => content is DataContent or UriContent));

    /// <exception cref="RequestException">The model does not read images, or does not call tools.</exception>
    public static void Check(ModelInfo model, IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        if (!model.Can(Capabilities.Vision) && HasImages(messages))
        {
            throw RequestException.BadParameter("messages", $"The model '{model.Id}' does not read images.", "unsupported_value");
        }

        // The offline model quotes, whatever it is offered.
        if (options.Tools is { Count: > 0 } && !model.Can(Capabilities.Tools) && model.Provider != "offline")
        {
            throw RequestException.BadParameter("tools", $"The model '{model.Id}' does not call tools.", "unsupported_parameter");
        }
    }
}

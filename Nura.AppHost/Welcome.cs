namespace Nura.AppHost;

/// <summary>What a user needs once everything is up.</summary>
internal static class Welcome
{
    /// <summary>Prints where the API is, its key, and a question to paste into a terminal.</summary>
    public static async Task WriteAsync(EndpointReference api, ParameterResource apiKey, CancellationToken cancellationToken)
    {
        var url = await api.GetValueAsync(cancellationToken);
        var key = await apiKey.GetValueAsync(cancellationToken);
        var text = $$"""

            Nura is ready.

              Chat           {{url}}/#key={{key}}
              OpenAI base    {{url}}/v1
              API key        {{key}}

            Ask a question about this repository:

              curl -N {{url}}/v1/chat/completions \
                -H 'Authorization: Bearer {{key}}' \
                -H 'Content-Type: application/json' \
                -d '{"model":"nura","stream":true,"messages":[{"role":"user","content":"Where are ports allocated?"}]}'

            Ctrl+C stops everything.

            """;
#pragma warning disable RS0030 // For the person at the terminal, who may read logs elsewhere.
        await Console.Out.WriteLineAsync(text.AsMemory(), cancellationToken);
#pragma warning restore RS0030
    }
}

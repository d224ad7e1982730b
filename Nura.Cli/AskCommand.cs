using System.CommandLine;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"ask": a question to an agent, answered as it is written.</summary>
internal static class AskCommand
{
    public static Command Create()
    {
        var question = new Argument<string[]>("question") { Description = "The question; several words are joined.", Arity = ArgumentArity.OneOrMore };
        var model = new Option<string>("--model", "-m") { Description = "Agent or model to ask.", DefaultValueFactory = _ => "nura" };
        return Connection.Run(new Command("ask", "Asks a question about the repositories; the answer cites lines.") { question, model }, async (parse, nura, cancellationToken) =>
        {
            var body = new { model = parse.GetValue(model), stream = !nura.AsJson, messages = new[] { new { role = "user", content = string.Join(' ', parse.GetValue(question)!) } } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(body) };
            using var response = await SendAsync(nura.Http, request, cancellationToken);
            if (nura.AsJson)
            {
                await nura.Output.WriteLineAsync(await response.Content.ReadAsStringAsync(cancellationToken));
                return ExitCodes.Done;
            }

            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                if (item.Data == "[DONE]")
                {
                    break;
                }

                await nura.Output.WriteAsync(Text(item.Data));
                await nura.Output.FlushAsync(cancellationToken);
            }

            await nura.Output.WriteLineAsync();
            return ExitCodes.Done;
        });
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ProblemException(503, "The server cannot be reached.", null, exception);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ProblemException((int)response.StatusCode, Message(body) ?? $"The server answered {(int)response.StatusCode}.");
        }
    }

    // One piece of the OpenAI streaming format; an error in the stream ends it.
    private static string? Text(string data)
    {
        if (Message(data) is { } error)
        {
            throw new ProblemException(502, error);
        }

        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0 && choices[0].TryGetProperty("delta", out var delta)
            && delta.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString() : null;
    }

    private static string? Message(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out var message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

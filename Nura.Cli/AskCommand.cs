using System.CommandLine;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"ask": a question to an agent, answered as it is written.</summary>
internal static class AskCommand
{
    private const string Input = "-";

    /// <param name="piped">Text for the question; <see langword="null"/> if standard input is a terminal.</param>
    public static Command Create(TextReader? piped)
    {
        var question = new Argument<string[]>("question") { Description = "The question; several words are joined. What is piped in is added where - is one of them, and is the question where there are none.", Arity = ArgumentArity.ZeroOrMore };
        var agent = new Option<string>("--agent", "-a") { Description = "Agent to ask.", DefaultValueFactory = _ => "nura" };
        var model = new Option<string?>("--model", "-m") { Description = "Model for the agent to use. Nura chooses unless one is named." };
        return Connection.Run(new Command("ask", "Asks a question about the repositories; the answer cites lines.") { question, agent, model }, async (parse, nura, cancellationToken) =>
        {
            var words = parse.GetValue(question)!;
            // Only if asked to, as other tools do: what an editor, a build or a loop leaves open as standard input has no end to wait for, or is meant for others.
            var read = words.Length == 0 || words.Contains(Input);
            if (piped is not null && !read)
            {
                await nura.Error.WriteLineAsync("nura: what is piped in is not read; add - to have it added to the question.");
            }

            var text = await QuestionAsync(words, read ? piped : null, cancellationToken);
            var body = new { model = parse.GetValue(agent), stream = !nura.AsJson, messages = new[] { new { role = "user", content = text } } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(body) };
            if (parse.GetValue(model) is { } named)
            {
                request.Headers.Add("x-nura-model", Checked(named));
            }

            using var response = await SendAsync(nura.Http, request, cancellationToken);
            if (nura.AsJson)
            {
                await nura.Output.WriteLineAsync(await response.Content.ReadAsStringAsync(cancellationToken));
                return ExitCodes.Done;
            }

            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await WriteAsync(nura, stream, cancellationToken);
        });
    }

    private static async Task<string> QuestionAsync(string[] words, TextReader? piped, CancellationToken cancellationToken)
    {
        string[] parts = [string.Join(' ', words.Where(word => word != Input)), await PipedText.ReadAsync(piped, cancellationToken)];
        var question = string.Join("\n\n", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
        return question.Length > 0 ? question : throw new ProblemException(400, "There is no question.", "Write it after ask, or pipe it in.");
    }

    // It travels as a header, which takes no other characters.
    private static string Checked(string model) => model.Length > 0 && !model.AsSpan().ContainsAnyExceptInRange('!', '~') ? model
        : throw new ProblemException(400, $"\"{model}\" is no name of a model.", "GET /api/models lists those that there are.");

    private static async Task<int> WriteAsync(Connection nura, Stream stream, CancellationToken cancellationToken)
    {
        var (ended, reason) = (false, "");
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
            {
                ended = true;
                break;
            }

            var (text, why) = Piece(item.Data);
            reason = why ?? reason;
            await nura.Output.WriteAsync(text);
            await nura.Output.FlushAsync(cancellationToken);
        }

        await nura.Output.WriteLineAsync();
        var note = (ended, reason) switch
        {
            (false, _) => "the connection broke off before the end of the answer.",
            (_, "length") => "the answer was cut at the model's length limit.",
            (_, "content_filter") => "the model's content filter ended the answer.",
            _ => null,
        };
        if (note is not null)
        {
            await nura.Error.WriteLineAsync($"nura: {note}");
        }

        return ended ? ExitCodes.Done : ExitCodes.Failed;
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

    // One piece of the OpenAI streaming format: text, or why it ends. An error in the stream ends it.
    private static (string? Text, string? FinishReason) Piece(string data)
    {
        if (Message(data) is { } error)
        {
            throw new ProblemException(502, error);
        }

        using var json = JsonDocument.Parse(data);
        return json.RootElement.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0
            ? (choices[0].TryGetProperty("delta", out var delta) ? Field(delta, "content") : null, Field(choices[0], "finish_reason"))
            : default;
    }

    private static string? Field(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

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

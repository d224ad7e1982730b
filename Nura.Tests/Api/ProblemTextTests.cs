using System.Buffers;
using System.Text;
using System.Text.Json;
using Nura.Api.Anthropic;
using Nura.Api.Bedrock;
using Nura.Api.Responses;
using Nura.Contracts;

namespace Nura.Tests.Api;

/// <summary>Dialects that have one field for an error's words say in it both what happened and what to do.</summary>
public sealed class ProblemTextTests
{
    private const string Both = "The index is being moved. Try again in a minute.";
    private static readonly ProblemException s_problem = new(503, "The index is being moved.", "Try again in a minute.");

    [Fact]
    public void Anthropic_ProblemWithDetail_SaysBoth() =>
        Assert.Contains($"\"message\":\"{Both}\"", Encoding.UTF8.GetString(AnthropicProblemWriter.Body(s_problem)), StringComparison.Ordinal);

    [Fact]
    public void Bedrock_ProblemWithDetail_SaysBoth()
    {
        var output = new ArrayBufferWriter<byte>();

        BedrockProblemWriter.WriteException(output, s_problem);

        Assert.Contains($"\"message\":\"{Both}\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Responses_ProblemBeforeAnything_BeginsTheStreamAndSaysBoth()
    {
        var output = new ArrayBufferWriter<byte>();
        var request = ResponseRequest.Read(JsonElement.Parse("""{"model":"nura","input":"Where?"}"""));

        new ResponseWriter("resp_1", 0, "nura", request).WriteError(output, s_problem);

        Assert.StartsWith("event: response.created\n", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        Assert.Contains($"\"message\":\"{Both}\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Nura.Tests.Api;

/// <summary>Answers that can be compared with each other.</summary>
internal static class Answers
{
    /// <summary>Sends a request, with a body of JSON if there is one.</summary>
    /// <returns>The answer, without what names the request.</returns>
    public static async Task<(HttpStatusCode Status, string Body)> AnswerAsync(this HttpClient http, string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode || !text.StartsWith('{'))
        {
            return (response.StatusCode, text);
        }

        var problem = JsonNode.Parse(text)!.AsObject();
        problem.Remove("traceId");
        problem.Remove("requestId");
        return (response.StatusCode, problem.ToJsonString());
    }
}

using System.Text;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class ServerContentTypeTests
{
    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/event-stream; charset=utf-8", "text/event-stream; charset=utf-8")]
    [InlineData("what a server may say", "what a server may say")]
    [InlineData("", "application/json")]
    [InlineData("texté/plain", "application/json")]
    [InlineData(null, "application/json")]
    public void Of_WhatAServerSays_IsPassedOnIfAHeaderCanSayIt(string? said, string expected)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}")) };
        if (said is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Type", said);
        }

        Assert.Equal(expected, ServerContentType.Of(response));
    }
}

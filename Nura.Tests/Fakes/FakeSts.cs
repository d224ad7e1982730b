using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>The Security Token Service on the loopback: gives the keys that the other doubles of AWS know to whoever shows a web identity (API reference, "AssumeRoleWithWebIdentity").</summary>
internal sealed class FakeSts : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSts(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Roles asked for, and the tokens shown for them, in order.</summary>
    public ConcurrentQueue<(string Role, string Token)> Requests { get; } = [];

    public static async Task<FakeSts> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeSts(app);
        app.MapPost("/", fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["Action"] != "AssumeRoleWithWebIdentity")
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        Requests.Enqueue((form["RoleArn"].ToString(), form["WebIdentityToken"].ToString()));
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync($"""
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
              <Credentials><AccessKeyId>{AwsSignature.AccessKey}</AccessKeyId><SecretAccessKey>{AwsSignature.Secret}</SecretAccessKey><SessionToken>of-the-session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
              <AssumedRoleUser><Arn>{form["RoleArn"]}</Arn><AssumedRoleId>AROAEXAMPLE:nura</AssumedRoleId></AssumedRoleUser>
            </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
            """);
    }
}

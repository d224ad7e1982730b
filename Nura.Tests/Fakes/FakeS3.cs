using System.Collections.Concurrent;
using System.Security;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Nura.Tests.Fakes;

/// <summary>A bucket store on the loopback with S3's wire format for put, get, head and list. It refuses what is not signed; tried with AWS' own CLI.</summary>
internal sealed class FakeS3 : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeS3(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Objects by <c>bucket/key</c>.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    public static async Task<FakeS3> StartAsync()
    {
        var app = Loopback.Create();
        var fake = new FakeS3(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var body = memory.ToArray();
        if (AwsSignature.Check(context, body, "s3") is { } reason)
        {
            await ErrorAsync(context, 403, "SignatureDoesNotMatch", reason);
            return;
        }

        var key = context.Request.Path.Value!.TrimStart('/');
        if (HttpMethods.IsPut(context.Request.Method))
        {
            Objects[key] = body;
            context.Response.Headers.ETag = Tag(body);
        }
        else if (context.Request.Query.ContainsKey("list-type"))
        {
            await ListAsync(context, key.TrimEnd('/'));
        }
        else if (Objects.TryGetValue(key, out var found))
        {
            context.Response.Headers.ETag = Tag(found);
            context.Response.Headers.LastModified = "Sun, 22 Nov 2026 00:00:00 GMT";
            context.Response.ContentType = "binary/octet-stream";
            context.Response.ContentLength = found.Length;
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(found);
            }
        }
        else
        {
            await ErrorAsync(context, 404, "NoSuchKey", "The specified key does not exist.");
        }
    }

    private async Task ListAsync(HttpContext context, string bucket)
    {
        var prefix = context.Request.Query["prefix"].ToString();
        var contents = Objects.Where(entry => entry.Key.StartsWith($"{bucket}/{prefix}", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"<Contents><Key>{SecurityElement.Escape(entry.Key[(bucket.Length + 1)..])}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified>"
                + $"<ETag>{SecurityElement.Escape(Tag(entry.Value))}</ETag><Size>{entry.Value.Length}</Size><StorageClass>STANDARD</StorageClass></Contents>").ToList();
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{bucket}</Name><Prefix>{prefix}</Prefix>"
            + $"<Delimiter>/</Delimiter><EncodingType>url</EncodingType><KeyCount>{contents.Count}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{string.Concat(contents)}</ListBucketResult>");
    }

    private static async Task ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{SecurityElement.Escape(message)}</Message></Error>");
        }
    }

#pragma warning disable CA5351 // S3 names the content of a plain upload by its MD5.
    private static string Tag(byte[] body) => $"\"{Convert.ToHexStringLower(MD5.HashData(body))}\"";
#pragma warning restore CA5351
}

// The least that a gateway on Kestrel and HttpClient does: a request goes to the upstream as it is, and so does its answer.
// No key, no budget, no look into a body. What Nura takes beyond this is the price of its features.
// Usage: ASPNETCORE_URLS=... Bare UPSTREAM
var upstream = new Uri(args[0]);
var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!);
var app = builder.Build();
using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });

app.Run(async http =>
{
    using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(upstream, http.Request.Path));
    if (http.Request.ContentLength > 0)
    {
        request.Content = new StreamContent(http.Request.Body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        request.Content.Headers.ContentLength = http.Request.ContentLength;
    }

    using var answer = await client.SendAsync(request, http.RequestAborted);
    http.Response.StatusCode = (int)answer.StatusCode;
    http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
    http.Response.ContentLength = answer.Content.Headers.ContentLength;
    await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
});

await app.RunAsync();

namespace Nura.Api;

/// <summary>Keeps answers out of caches, those on the way and the browser's on the disk: they are for one key. What may be kept says so itself.</summary>
internal static class PrivateAnswers
{
    public static void UsePrivateAnswers(this WebApplication app) => app.Use((http, next) =>
    {
        http.Response.OnStarting(
            static response =>
            {
                var headers = ((HttpResponse)response).Headers;
                if (headers.CacheControl.Count == 0)
                {
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            },
            http.Response);
        return next(http);
    });
}

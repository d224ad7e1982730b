using Microsoft.Extensions.Options;

namespace Nura.Api;

/// <summary>Refuses bodies that say they are too long before anything reads them, with a reason. The server itself stops those that do not say.</summary>
internal static class BodyLimit
{
    public static void UseBodyLimit(this WebApplication app)
    {
        var most = app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        app.Use((http, next) => http.Request.ContentLength > most
            ? throw new BadHttpRequestException(
                $"The body has {http.Request.ContentLength} bytes; at most {most} are taken ({ApiOptions.Section}:{nameof(ApiOptions.MaxBodyBytes)}).", StatusCodes.Status413PayloadTooLarge)
            : next(http));
    }
}

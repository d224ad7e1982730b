namespace Nura.AppHost;

/// <summary>Signatures of AWS clients.</summary>
internal static class SigningSecret
{
    /// <summary>Turns them on on this machine. In a cluster they are off until somebody gives the API a secret.</summary>
    public static IResourceBuilder<ProjectResource> WithSigningSecret(this IResourceBuilder<ProjectResource> api)
    {
        var builder = api.ApplicationBuilder;
        return builder.ExecutionContext.IsPublishMode
            ? api
            : api.WithEnvironment("Nura__Api__SigningSecret", builder.AddParameter("signing-secret", new GenerateParameterDefault { MinLength = 48, Special = false }, secret: true, persist: true));
    }
}

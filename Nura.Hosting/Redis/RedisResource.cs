namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server.</summary>
public class RedisResource : ContainerResource, IResourceWithConnectionString
{
    /// <summary>Describes a server.</summary>
    public RedisResource(string name, ParameterResource password)
        : base(name)
    {
        PasswordParameter = password;
        PrimaryEndpoint = new(this, "tcp");
    }

    /// <summary>The endpoint that clients connect to.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The password.</summary>
    public ParameterResource? PasswordParameter { get; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter!}");

    /// <summary>Completed by the backend in run mode: whether there is a server, and its whole connection string if it is in the configuration.</summary>
    internal TaskCompletionSource<(bool Available, string? Configured)> Backend { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        var (available, configured) = await Backend.Task.WaitAsync(cancellationToken);
        return !available ? null : configured ?? await ConnectionStringExpression.GetValueAsync(cancellationToken);
    }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        if (Backend.Task is { IsCompletedSuccessfully: true, Result.Configured: not null })
        {
            yield break;
        }

        var host = PrimaryEndpoint.Property(EndpointProperty.Host);
        var port = PrimaryEndpoint.Property(EndpointProperty.Port);
        yield return new("Host", ReferenceExpression.Create($"{host}"));
        yield return new("Port", ReferenceExpression.Create($"{port}"));
        yield return new("Password", ReferenceExpression.Create($"{PasswordParameter!}"));
        var uri = new ReferenceExpressionBuilder();
        uri.AppendLiteral("redis://:");
        uri.AppendFormatted(PasswordParameter!, "uri");
        uri.AppendLiteral("@");
        uri.AppendFormatted(host);
        uri.AppendLiteral(":");
        uri.AppendFormatted(port);
        yield return new("Uri", uri.Build());
    }
}

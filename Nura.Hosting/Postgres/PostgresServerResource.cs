namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server.</summary>
public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
{
    /// <summary>Describes a server; without a user name it is <c>postgres</c>.</summary>
    public PostgresServerResource(string name, ParameterResource? userName, ParameterResource password)
        : base(name)
    {
        UserNameParameter = userName;
        PasswordParameter = password;
        PrimaryEndpoint = new(this, "tcp");
    }

    /// <summary>The endpoint that clients connect to.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The user name; <c>postgres</c> when null.</summary>
    public ParameterResource? UserNameParameter { get; set; }

    /// <summary>The password.</summary>
    public ParameterResource PasswordParameter { get; set; }

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserName};Password={PasswordParameter}");

    /// <summary>Completed by the backend in run mode: the whole connection string of a server in the configuration, or what ours needs besides.</summary>
    internal TaskCompletionSource<(string? Configured, string Settings)> Backend { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ReferenceExpression UserName => UserNameParameter is null ? ReferenceExpression.Create($"postgres") : ReferenceExpression.Create($"{UserNameParameter}");

    /// <inheritdoc/>
    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        var (configured, settings) = await Backend.Task.WaitAsync(cancellationToken);
        return configured ?? $"{await ConnectionStringExpression.GetValueAsync(cancellationToken)}{(settings.Length == 0 ? "" : ";")}{settings}";
    }

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() => Properties(null);

    /// <summary>The parts of the connection string; none for a server in the configuration, whose parts may be others.</summary>
    internal IEnumerable<KeyValuePair<string, ReferenceExpression>> Properties(string? database)
    {
        if (Backend.Task is { IsCompletedSuccessfully: true, Result.Configured: not null })
        {
            yield break;
        }

        var host = PrimaryEndpoint.Property(EndpointProperty.Host);
        var port = PrimaryEndpoint.Property(EndpointProperty.Port);
        var path = database is null ? "" : "/" + database;
        yield return new("Host", ReferenceExpression.Create($"{host}"));
        yield return new("Port", ReferenceExpression.Create($"{port}"));
        yield return new("Username", UserName);
        yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
        yield return new("Uri", Uri());
        yield return new("JdbcConnectionString", ReferenceExpression.Create($"jdbc:postgresql://{host}:{port}{path}"));
        if (database is not null)
        {
            yield return new("DatabaseName", ReferenceExpression.Create($"{database}"));
        }

        ReferenceExpression Uri()
        {
            var uri = new ReferenceExpressionBuilder();
            uri.AppendLiteral("postgresql://");
            uri.AppendFormatted(UserName);
            uri.AppendLiteral(":");
            uri.AppendFormatted(PasswordParameter, "uri");
            uri.AppendLiteral("@");
            uri.AppendFormatted(host);
            uri.AppendLiteral(":");
            uri.AppendFormatted(port);
            uri.AppendLiteral(path);
            return uri.Build();
        }
    }
}

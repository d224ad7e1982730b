namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost's entry point up to where it builds: without dashboard, on random ports.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <summary>Runs the entry point of the assembly that a type is in.</summary>
    /// <typeparam name="TEntryPoint">Any type of the AppHost, such as <c>Projects.Nura_AppHost</c>.</typeparam>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the entry point of the assembly that a type is in.</summary>
    /// <typeparam name="TEntryPoint">Any type of the AppHost, such as <c>Projects.Nura_AppHost</c>.</typeparam>
    /// <param name="args">Configuration, such as <c>Parameters:name=value</c>.</param>
    /// <param name="cancellationToken">Stops waiting for the entry point.</param>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        var assembly = typeof(TEntryPoint).Assembly;
        var entryPoint = new AppHostEntryPoint(options =>
        {
            options.AssemblyName = assembly.FullName;
            options.DisableDashboard = true;
            options.EnableResourceLogging = true;
            options.Args = [.. options.Args ?? [], "--DcpPublisher:RandomizePorts=true"];
        });
        return new TestingBuilder(entryPoint, await entryPoint.StartAsync(typeof(TEntryPoint), args, cancellationToken));
    }
}

namespace Aspire.Hosting.Testing;

/// <summary>A builder that an AppHost's entry point has filled; tests may change it before they build.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable, IDisposable
{
    /// <summary>Builds the application.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

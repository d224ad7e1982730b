namespace Aspire.Hosting.ApplicationModel;

/// <summary>The command line of a resource while it is put together.</summary>
/// <param name="args">Text, or values resolved later.</param>
/// <param name="resource">Whose command line it is.</param>
/// <param name="cancellationToken">Stops the callbacks.</param>
public sealed class CommandLineArgsCallbackContext(IList<object> args, IResource resource, CancellationToken cancellationToken = default)
{
    /// <summary>Text, or values resolved later.</summary>
    public IList<object> Args { get; } = args;

    /// <summary>Whose command line it is.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Stops the callbacks.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

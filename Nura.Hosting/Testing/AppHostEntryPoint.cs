using Aspire.Hosting;

namespace Nura.Hosting;

/// <summary>Runs the AppHost's own entry point for a test and takes builder and application out of it.</summary>
internal sealed class AppHostEntryPoint(Action<DistributedApplicationOptions> configure)
{
    private static readonly AsyncLocal<AppHostEntryPoint?> s_current = new();
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _build = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The run that the calling code is part of, if any.</summary>
    public static AppHostEntryPoint? Current => s_current.Value;

    public void Configure(DistributedApplicationOptions options) => configure(options);

    /// <summary>Called by the entry point: everything is described; holds it until the test wants the application.</summary>
    public void WaitForBuild(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _build.Task.GetAwaiter().GetResult();
    }

    /// <summary>Called by the entry point: hands the application to the test and leaves the entry point.</summary>
    public void Built(DistributedApplication application)
    {
        _application.TrySetResult(application);
        throw new EntryPointLeftException();
    }

    /// <summary>Starts the entry point and returns once it described everything.</summary>
    public async Task<DistributedApplicationBuilder> StartAsync(Type entryPoint, string[] args, CancellationToken cancellationToken)
    {
        var main = entryPoint.Assembly.EntryPoint
            ?? throw new InvalidOperationException($"Assembly '{entryPoint.Assembly.GetName().Name}' has no entry point: it is not an AppHost.");
        var thread = new Thread(() =>
        {
            s_current.Value = this;
            try
            {
                main.Invoke(null, System.Reflection.BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [args], null);
                Fail(new InvalidOperationException("The AppHost's entry point ended without building an application."));
            }
            catch (EntryPointLeftException)
            {
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        })
        { IsBackground = true, Name = "AppHost entry point" };
        thread.Start();
        return await _builder.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the entry point go on; returns the application it builds.</summary>
    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _build.TrySetResult();
        return _application.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends an entry point that will not be built.</summary>
    public void Abandon() => _build.TrySetException(new EntryPointLeftException());

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
    }

    private sealed class EntryPointLeftException : Exception;
}

using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Nura.Hosting;

/// <summary>
/// In publish mode, writes the manifest in place of running anything, then ends the AppHost. Deployment tools call it
/// with <c>--publisher manifest --output-path PATH</c>, or with <c>--operation publish --step publish-manifest</c>;
/// they take any word on standard error for a failure. With <c>Nura:ManifestCompat=true</c> the manifest has only
/// the shapes that <c>aspirate</c> 9.1 accepts.
/// </summary>
internal sealed class ManifestPublisher(
    IConfiguration configuration,
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IHostApplicationLifetime lifetime) : IHostedService
{
    private const string DefaultFileName = "aspire-manifest.json";
    private const string CompatibleKey = "Nura:ManifestCompat";
    private const string Step = "publish-manifest";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var path = OutputPath();
        try
        {
            await WriteAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"The manifest cannot be written to '{path}': {exception.Message}");
        }

        await Terminal.Out.WriteLineAsync($"Published manifest to: {path}");
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            var context = new ManifestPublishingContext(executionContext, path, json, cancellationToken);
            await new ManifestWriter(context, configuration.GetValue<bool>(CompatibleKey)).WriteAsync(model);
        }

        // Written at once: a failure half way leaves an earlier manifest as it was.
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, buffer.ToArray(), cancellationToken);
    }

    private string OutputPath()
    {
        if (string.Equals(configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase)
            && !string.Equals(configuration["step"], Step, StringComparison.OrdinalIgnoreCase))
        {
            throw new StartFailedException($"Only the step '{Step}' can be published here: add --step {Step}.");
        }

        var output = configuration["output-path"] ?? configuration["Publishing:OutputPath"];
        if (string.IsNullOrWhiteSpace(output))
        {
            throw new StartFailedException("Where is the manifest to go? Add --output-path with a folder or a file that ends in .json.");
        }

        var path = Path.GetFullPath(output);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? path : Path.Combine(path, DefaultFileName);
    }
}

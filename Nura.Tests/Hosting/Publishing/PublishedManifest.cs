using System.Text.Json.Nodes;
using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Nura.Tests.Hosting.Publishing;

/// <summary>An AppHost that was published into a folder of its own; disposing removes the folder.</summary>
internal sealed class PublishedManifest : IDisposable
{
    private PublishedManifest(string folder) => Folder = folder;

    public string Folder { get; }

    public string Path => System.IO.Path.Combine(Folder, "apphost", "aspire-manifest.json");

    public string Text => File.ReadAllText(Path);

    public JsonObject Resources => JsonNode.Parse(Text)!["resources"]!.AsObject();

    /// <summary>Describes and publishes; arguments replace the usual ones, in which "OUT" is the output folder.</summary>
    public static async Task<PublishedManifest> PublishAsync(Action<IDistributedApplicationBuilder> describe, params string[] arguments)
    {
        var published = new PublishedManifest(Directory.CreateTempSubdirectory("nura-manifest-").FullName);
        var output = System.IO.Path.Combine(published.Folder, "apphost");
        string[] args = arguments is [] ? ["--publisher", "manifest", "--output-path", output] : [.. arguments.Select(argument => argument.Replace("OUT", output, StringComparison.Ordinal))];
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
        describe(builder);
        await using var app = builder.Build();
        await app.StartAsync();
        // It ends by itself.
        await app.WaitForShutdownAsync();
        return published;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

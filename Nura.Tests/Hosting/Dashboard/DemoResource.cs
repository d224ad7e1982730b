using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Tests.Hosting.Dashboard;

/// <summary>A resource without a process: its commands change its state and write to its console.</summary>
internal sealed class DemoResource : Resource
{
    public DemoResource(string name, string type = "Project")
        : base(name)
    {
        Type = type;
        Annotations.Add(new Project($"/repository/{name}/{name}.csproj"));
        Add(KnownResourceCommands.StartCommand, "Start", running: false, KnownResourceStates.Running);
        Add(KnownResourceCommands.StopCommand, "Stop", running: true, KnownResourceStates.Finished);
        Add(KnownResourceCommands.RestartCommand, "Restart", running: true, KnownResourceStates.Running);
    }

    public string Type { get; }

    public CustomResourceSnapshot Running(CustomResourceSnapshot snapshot, params (string Name, string Value)[] environment) => snapshot with
    {
        ResourceType = Type,
        State = KnownResourceStates.Running,
        StartTimeStamp = TimeProvider.System.GetUtcNow().UtcDateTime,
        Properties = [new("Process", 4711)],
        EnvironmentVariables = [.. environment.Select(variable => new EnvironmentVariableSnapshot(variable.Name, variable.Value, IsFromSpec: true))],
        Urls = ImmutableArray.Create(new UrlSnapshot("http", "http://localhost:5180", IsInternal: false)),
    };

    private void Add(string name, string label, bool running, string leadsTo) => Annotations.Add(new ResourceCommandAnnotation(
        name, label,
        context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running == running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        async context =>
        {
            context.ServiceProvider.GetRequiredService<ResourceLoggerService>().Append(Name, $"{label} was asked for", isError: false);
            await context.ServiceProvider.GetRequiredService<ResourceNotificationService>()
                .PublishUpdateAsync(this, snapshot => snapshot with { State = leadsTo });
            return CommandResults.Success();
        },
        null, null, null, null, null, true));

    private sealed record Project(string ProjectPath) : IProjectMetadata;
}

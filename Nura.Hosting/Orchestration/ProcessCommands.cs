using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Nura.Hosting;

/// <summary>The commands that every process and container has.</summary>
internal static class ProcessCommands
{
    /// <summary>Adds start, stop and restart, and the id of the instance that they work on.</summary>
    public static IResourceBuilder<T> WithProcessCommands<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder
        .WithAnnotation(new InstanceIdAnnotation(ModelNames.NewInstanceId(builder.Resource.Name)))
        .WithCommand(KnownResourceCommands.StartCommand, "Start", context => Run(builder, context, (orchestrator, name) => orchestrator.StartResourceAsync(name)), new()
        {
            Description = "Start the resource, even if it waits for others",
            IconName = "Play",
            IsHighlighted = true,
            UpdateState = context => IsDown(context) || State(context) == KnownResourceStates.Waiting ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
        })
        .WithCommand(KnownResourceCommands.StopCommand, "Stop", context => Run(builder, context, (orchestrator, name) => orchestrator.StopResourceAsync(name)), new()
        {
            Description = "Stop the resource",
            IconName = "Stop",
            IsHighlighted = true,
            UpdateState = context => IsDown(context) ? ResourceCommandState.Hidden
                : State(context) == KnownResourceStates.Stopping ? ResourceCommandState.Disabled : ResourceCommandState.Enabled,
        })
        .WithCommand(KnownResourceCommands.RestartCommand, "Restart", context => Run(builder, context, (orchestrator, name) => orchestrator.RestartResourceAsync(name)), new()
        {
            Description = "Stop and start the resource",
            IconName = "ArrowCounterclockwise",
            UpdateState = context => State(context) == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
        });

    private static async Task<ExecuteCommandResult> Run<T>(IResourceBuilder<T> builder, ExecuteCommandContext context, Func<Orchestrator, IResource, Task> action)
        where T : IResource
    {
        await action(context.ServiceProvider.GetRequiredService<Orchestrator>(), builder.Resource).WaitAsync(context.CancellationToken);
        return CommandResults.Success();
    }

    private static string? State(UpdateCommandStateContext context) => context.ResourceSnapshot.State?.Text;

    private static bool IsDown(UpdateCommandStateContext context) =>
        State(context) is not { } state || state == KnownResourceStates.NotStarted || state == KnownResourceStates.RuntimeUnhealthy || KnownResourceStates.TerminalStates.Contains(state);
}

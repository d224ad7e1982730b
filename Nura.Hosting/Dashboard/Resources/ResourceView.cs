using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>A resource as the pages show it: secrets already taken out.</summary>
internal sealed record ResourceView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    /// <summary>The name of the resource it lives in, or null.</summary>
    public required string? Parent { get; init; }

    public required string State { get; init; }

    /// <summary>Class of the state's colour: good, warn, bad, busy or idle.</summary>
    public required string Tone { get; init; }

    public required DateTimeOffset? Started { get; init; }

    public required string Source { get; init; }

    public required ImmutableArray<UrlSnapshot> Urls { get; init; }

    public required ImmutableArray<HealthReportSnapshot> Reports { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    public required ImmutableArray<ResourceCommandSnapshot> Commands { get; init; }

    public static ResourceView From(ResourceEvent update, SecretMask mask)
    {
        var snapshot = update.Snapshot;
        var state = snapshot.State?.Text ?? "Unknown";
        return new ResourceView
        {
            Id = update.ResourceId,
            Name = update.Resource.Name,
            Type = snapshot.ResourceType,
            Parent = (update.Resource as IResourceWithParent)?.Parent.Name,
            State = Label(state, snapshot),
            Tone = ToneOf(state, snapshot),
            Started = snapshot.StartTimeStamp is { } started ? new DateTimeOffset(started) : null,
            Source = mask.Text(SourceOf(update.Resource, snapshot)),
            Urls = [.. snapshot.Urls.Where(url => !url.IsInternal).Select(url => url with { Url = mask.Text(url.Url) })],
            Reports = [.. snapshot.HealthReports.Select(report => report with { Description = mask.Text(report.Description ?? ""), ExceptionText = null })],
            Facts = [.. snapshot.Properties.Select(property => KeyValuePair.Create(
                property.Name, property.IsSensitive ? SecretMask.Mask : mask.Variable(property.Name, Text(property.Value))))],
            Environment = [.. snapshot.EnvironmentVariables.OrderBy(variable => variable.Name, StringComparer.Ordinal)
                .Select(variable => KeyValuePair.Create(
                    variable.Name, snapshot.SecretVariables.Contains(variable.Name) ? SecretMask.Mask : mask.Variable(variable.Name, variable.Value)))],
            Commands = [.. snapshot.Commands.Where(command => command.State != ResourceCommandState.Hidden)],
        };
    }

    private static string Label(string state, CustomResourceSnapshot snapshot)
    {
        var words = string.Concat(state.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
        return state == KnownResourceStates.Running && snapshot.HealthStatus is { } health and not HealthStatus.Healthy
            ? $"{words} ({health.ToString().ToLowerInvariant()})"
            : snapshot.ExitCode is { } code && KnownResourceStates.TerminalStates.Contains(state) ? $"{words} (exit code {code})" : words;
    }

    private static string ToneOf(string state, CustomResourceSnapshot snapshot)
    {
        if (state == KnownResourceStates.Running || state == KnownResourceStates.Active)
        {
            return snapshot.HealthStatus is null or HealthStatus.Healthy ? "good" : "warn";
        }

        return state == KnownResourceStates.FailedToStart || state == KnownResourceStates.RuntimeUnhealthy || snapshot.ExitCode is > 0 and not 143 ? "bad"
            : state == KnownResourceStates.Starting || state == KnownResourceStates.Waiting || state == KnownResourceStates.Stopping ? "busy"
            : "idle";
    }

    /// <summary>The project, image or program behind it; what stands in for an image on this machine comes first.</summary>
    private static string SourceOf(IResource resource, CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == "Backend") is { } backend ? Text(backend.Value)
        : resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project ? Path.GetFileName(project.ProjectPath)
        : resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() is { } image ? $"{image.Image}:{image.Tag}"
        : (resource as ExecutableResource)?.Command ?? "";

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        System.Collections.IEnumerable many => string.Join(' ', many.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}

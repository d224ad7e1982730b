using System.Collections;
using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Nura.Hosting;

/// <summary>The environment and command line of a resource about to start.</summary>
/// <param name="Variables">What the process gets.</param>
/// <param name="Shown">The same for people: secrets are masked.</param>
/// <param name="Arguments">The command line.</param>
internal sealed record ResourceEnvironment(IReadOnlyDictionary<string, string> Variables, ImmutableArray<EnvironmentVariableSnapshot> Shown, IReadOnlyList<string> Arguments)
{
    /// <summary>The variables whose values are secret.</summary>
    public ImmutableHashSet<string> SecretNames => [.. Shown.Where(v => v.Value == Mask).Select(v => v.Name)];

    private const string Mask = "••••••••";

    /// <summary>The AppHost's own address and environment are not its children's.</summary>
    private static readonly string[] s_notInherited = ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <param name="resource">Whose environment it is.</param>
    /// <param name="executionContext">Run.</param>
    /// <param name="defaults">Variables that the model may override.</param>
    /// <param name="logger">The resource's log.</param>
    /// <param name="cancellationToken">Stops waiting for values.</param>
    public static async Task<ResourceEnvironment> ResolveAsync(IResource resource, DistributedApplicationExecutionContext executionContext, IReadOnlyDictionary<string, string> defaults, ILogger logger, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context);
        }

        if (resource.Annotations.OfType<LaunchProfileSelection>().LastOrDefault() is { } profile)
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
            AddMissing(profile.Profile.EnvironmentVariables);
        }

        AddMissing(defaults);
        var variables = new Dictionary<string, string>(Inherited(), StringComparer.Ordinal);
        var shown = new List<EnvironmentVariableSnapshot>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await TextAsync(value, cancellationToken) is { } text)
            {
                variables[name] = text;
                shown.Add(new(name, IsSecret(value) ? Mask : text, IsFromSpec: true));
            }
        }

        return new(variables, [.. shown.OrderBy(v => v.Name, StringComparer.Ordinal)], await ArgumentsAsync(resource, cancellationToken));

        void AddMissing(IReadOnlyDictionary<string, string> more)
        {
            foreach (var (name, value) in more)
            {
                context.EnvironmentVariables.TryAdd(name, value);
            }
        }
    }

    /// <summary>Whether a secret parameter is the value, or part of it.</summary>
    public static bool IsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        EndpointReference or EndpointReferenceExpression => false,
        IValueWithReferences { References: var references } => references.Any(IsSecret),
        _ => false,
    };

    private static async Task<string?> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static async Task<IReadOnlyList<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context);
        }

        var arguments = new List<string>();
        foreach (var value in context.Args)
        {
            arguments.Add(await TextAsync(value, cancellationToken) ?? "");
        }

        return arguments;
    }

    private static Dictionary<string, string> Inherited() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(e => !s_notInherited.Contains((string)e.Key))
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}

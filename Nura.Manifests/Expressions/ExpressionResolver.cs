using System.Globalization;
using Nura.Manifests.Manifest;
using Nura.Manifests.Model;

namespace Nura.Manifests.Expressions;

/// <summary>Turns manifest expressions into <see cref="ValueTemplate"/>s. Every failure names the resource, the place in it and the expression.</summary>
/// <param name="manifest">The manifest the expressions refer to.</param>
/// <param name="ports">Ports of each resource that runs, as they will be in the cluster.</param>
internal sealed class ExpressionResolver(AspireManifest manifest, IReadOnlyDictionary<string, IReadOnlyList<WorkloadPort>> ports)
{
    private readonly Dictionary<string, ValueTemplate> _connectionStrings = [];

    private readonly Stack<string> _path = [];

    /// <summary>Connection strings that were asked for, dependencies before dependents.</summary>
    public IReadOnlyDictionary<string, ValueTemplate> ConnectionStrings => _connectionStrings;

    /// <param name="text">Text with expressions.</param>
    /// <param name="resource">The resource it belongs to, for messages.</param>
    /// <param name="place">Where in that resource, such as "env LLM__ApiKey".</param>
    /// <exception cref="ManifestToolException">An expression cannot be resolved.</exception>
    public ValueTemplate Resolve(string text, string resource, string place)
    {
        try
        {
            var parts = new List<ValuePart>();
            foreach (var (isExpression, run) in ExpressionText.Split(text))
            {
                if (isExpression)
                {
                    parts.AddRange(ResolveOne(run, resource, place));
                }
                else
                {
                    parts.Add(new TextPart(run));
                }
            }

            return new ValueTemplate(Joined(parts));
        }
        catch (FormatException exception)
        {
            throw new ManifestToolException($"Resource '{resource}', {place}: {exception.Message}.", exception);
        }
    }

    private IReadOnlyList<ValuePart> ResolveOne(string expression, string resource, string place)
    {
        var path = expression.Split('.');
        var target = manifest.Find(path[0]) ?? throw Unresolvable("there is no resource '" + path[0] + "' in the manifest");
        return (target, path[1..]) switch
        {
            (ParameterResource parameter, ["value"] or ["inputs", "value"] or ["connectionString"]) => Parameter(parameter, path),
            (AnnotatedStringResource annotated, ["value"]) => Annotated(annotated),
            (ValueResource or ContainerResource { ConnectionString: not null }, ["connectionString"]) => ConnectionString(target),
            (ComputeResource compute, ["bindings", var endpoint, var property]) => Binding(compute, endpoint, property),
            (ComputeResource, ["connectionString"]) => throw Unresolvable($"resource '{target.Name}' has no connection string"),
            _ => throw Unresolvable($"resource '{target.Name}' has no '{string.Join('.', path[1..])}'"),
        };

        ManifestToolException Unresolvable(string reason) => new($"Resource '{resource}', {place}: cannot resolve '{{{expression}}}': {reason}.");

        IReadOnlyList<ValuePart> Binding(ComputeResource compute, string endpoint, string property)
        {
            var port = ports[compute.Name].FirstOrDefault(candidate => candidate.Serves(endpoint))
                ?? throw Unresolvable($"resource '{compute.Name}' has no endpoint '{endpoint}'");
            var number = new PortPart(compute.Name, port.Name, port.ServicePort);
            return property switch
            {
                "url" => [new TextPart(port.Scheme + "://"), new HostPart(compute.Name), new TextPart(":"), number],
                "host" => [new HostPart(compute.Name)],
                "port" => [number],
                "targetPort" => [new TextPart(Text(port.ContainerPort))],
                "scheme" => [new TextPart(port.Scheme)],
                "tlsEnabled" => [new TextPart(port.Scheme is "https" or "rediss" ? "True" : "False")],
                _ => throw Unresolvable($"an endpoint has url, host, port, targetPort, scheme and tlsEnabled, not '{property}'"),
            };
        }
    }

    private IReadOnlyList<ValuePart> Parameter(ParameterResource parameter, string[] path) =>
        path.Length == 3 || parameter.Value == $"{{{parameter.Name}.inputs.value}}" || (parameter.Secret && !parameter.Value.Contains('{', StringComparison.Ordinal))
            ? [parameter.Secret ? new SecretPart(KubernetesNames.Resource(parameter.Name), parameter.Name) : new ParameterPart(parameter.Name, false)]
            : Nested(parameter.Name, () => Resolve(parameter.Value, parameter.Name, "value").Parts);

    private IReadOnlyList<ValuePart> Annotated(AnnotatedStringResource annotated)
    {
        if (annotated.Filter != "uri")
        {
            throw new ManifestToolException($"Resource '{annotated.Name}' uses the filter '{annotated.Filter}'; only \"uri\" is known.");
        }

        var inner = Nested(annotated.Name, () => Resolve(annotated.Value, annotated.Name, "value").Parts);
        return inner switch
        {
            [SecretPart secret] => [new SecretPart(KubernetesNames.Resource(annotated.Name), secret.Parameter)],
            [ParameterPart parameter] => [parameter with { UriEncoded = true }],
            [TextPart text] => [new TextPart(Uri.EscapeDataString(text.Text))],
            _ => throw new ManifestToolException(
                $"Resource '{annotated.Name}': '{annotated.Value}' mixes several values; only one parameter can be URI-encoded in a cluster."),
        };
    }

    private IReadOnlyList<ValuePart> ConnectionString(ManifestResource resource)
    {
        if (!_connectionStrings.ContainsKey(resource.Name))
        {
            var text = resource is ValueResource value ? value.ConnectionString : ((ContainerResource)resource).ConnectionString!;
            var template = Nested(resource.Name, () => Resolve(text, resource.Name, "connectionString"));
            _connectionStrings[resource.Name] = template;
        }

        return [new ConnectionStringPart(resource.Name)];
    }

    private T Nested<T>(string name, Func<T> resolve)
    {
        if (_path.Contains(name))
        {
            throw new ManifestToolException($"Resource '{name}' refers to itself: {string.Join(" -> ", _path.Reverse().Append(name))}.");
        }

        _path.Push(name);
        try
        {
            return resolve();
        }
        finally
        {
            _path.Pop();
        }
    }

    private static List<ValuePart> Joined(List<ValuePart> parts)
    {
        var joined = new List<ValuePart>();
        foreach (var part in parts)
        {
            if (part is TextPart text && joined.LastOrDefault() is TextPart before)
            {
                joined[^1] = new TextPart(before.Text + text.Text);
            }
            else
            {
                joined.Add(part);
            }
        }

        return joined;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

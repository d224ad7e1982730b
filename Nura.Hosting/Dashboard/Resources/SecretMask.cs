using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Nura.Hosting.Dashboard.Resources;

/// <summary>
/// Takes secrets out of every text that a page could show: the values of secret parameters wherever they occur, the
/// password part of connection strings and addresses, and variables whose name says what they hold.
/// </summary>
internal sealed partial class SecretMask(IEnumerable<IResource> resources, params IEnumerable<string> further)
{
    public const string Mask = "••••••";

    // Shorter values are likely to be part of innocent words; they are masked only where they are the whole text.
    private const int ShortestPart = 6;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = [.. further.SelectMany(Forms)];
    private readonly HashSet<ParameterResource> _pending = [.. resources.SelectMany(SecretParameters)];

    /// <summary>The text without secrets.</summary>
    public string Text(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        foreach (var value in Values())
        {
            text = text == value ? Mask
                : value.Length >= ShortestPart ? text.Replace(value, Mask, StringComparison.Ordinal)
                : text;
        }

        return Credentials().Replace(text, Mask);
    }

    /// <summary>The value of an environment variable without secrets.</summary>
    public string Variable(string name, string? value)
    {
        var masked = Text(value ?? "");
        return masked.Length > 0 && SecretName().IsMatch(name) ? Mask : masked;
    }

    private string[] Values()
    {
        lock (_lock)
        {
            // A parameter can get its value later than the dashboard its first request.
            foreach (var parameter in _pending.ToList())
            {
                if (ValueOf(parameter) is { Length: > 0 } value)
                {
                    _pending.Remove(parameter);
                    _values.UnionWith(Forms(value));
                }
            }

            // Longer ones first: one secret may contain another.
            return [.. _values.OrderByDescending(value => value.Length)];
        }
    }

    private static string? ValueOf(ParameterResource parameter)
    {
        try
        {
            var value = parameter.GetValueAsync(CancellationToken.None);
            return value.IsCompletedSuccessfully ? value.Result : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or Aspire.Hosting.DistributedApplicationException)
        {
            // Without a value there is nothing to hide.
            return null;
        }
    }

    private static IEnumerable<string> Forms(string secret) => secret.Length == 0 ? [] : new[] { secret, Uri.EscapeDataString(secret) }.Distinct();

    private static IEnumerable<ParameterResource> SecretParameters(IResource resource)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>([resource]);
        while (open.TryPop(out var value))
        {
            if (!seen.Add(value))
            {
                continue;
            }

            if (value is ParameterResource { Secret: true } parameter)
            {
                yield return parameter;
            }

            // Generated passwords are no resources of their own: they are found where they are used.
            foreach (var reference in (value as IValueWithReferences)?.References ?? [])
            {
                open.Push(reference);
            }
        }
    }

    [GeneratedRegex(@"(?<=\b(?:password|pwd|passwd|accountkey|sharedaccesskey|x-otlp-api-key)\s*=\s*)[^\s;,&""']+|(?<=://[^\s/:@]*:)[^\s/@]+(?=@)", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    // "Tokens__" goes on with what each of them is for.
    [GeneratedRegex(@"(password|passwd|secret|token|credentials?|api_*key|access_*key|private_*key|signing_*key|encryption_*key)s?$|tokens__|^OTEL_EXPORTER_OTLP_HEADERS$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}

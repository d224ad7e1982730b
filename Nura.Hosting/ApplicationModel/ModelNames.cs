using System.Text.RegularExpressions;

namespace Nura.Hosting;

/// <summary>Names of resources and endpoints, and what they become in environment variables.</summary>
internal static partial class ModelNames
{
    public static void Validate(string kind, string name)
    {
        if (name is not { Length: >= 1 and <= 64 } || !ValidName().IsMatch(name))
        {
            throw new ArgumentException(
                $"{kind} name '{name}' is invalid. A name has 1 to 64 ASCII letters, digits and hyphens, begins with a letter, does not end with a hyphen and has no two hyphens together.",
                nameof(name));
        }
    }

    /// <summary>Every character outside [A-Za-z0-9_] becomes an underscore; a leading digit gets one in front.</summary>
    public static string Encode(string name)
    {
        var encoded = Unsafe().Replace(name, "_");
        return encoded.Length > 0 && char.IsAsciiDigit(encoded[0]) ? "_" + encoded : encoded;
    }

    /// <summary>A process instance: the name and eight random lower-case letters.</summary>
    public static string NewInstanceId(string name) =>
        $"{name}-{System.Security.Cryptography.RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 8)}";

    [GeneratedRegex("^[A-Za-z](?:-?[A-Za-z0-9])*$")]
    private static partial Regex ValidName();

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex Unsafe();
}

using System.Text.RegularExpressions;

namespace Nura.Rag.Repositories;

/// <summary>What a branch, tag or commit may be called.</summary>
internal static partial class RefName
{
    /// <summary>Whether a name can be one.</summary>
    public static bool IsValid(string name) => Written().IsMatch(name);

    // git-check-ref-format(1), and no dash in front.
    [GeneratedRegex(@"\A(?![-/.])(?!.*(\.\.|@\{|//|/\.|\.lock(/|\z)))[^\x00-\x20\x7f~^:?*\[\\]{1,255}(?<![/.])\z")]
    private static partial Regex Written();
}

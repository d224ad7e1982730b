using System.Collections.Frozen;

namespace Nura.Rag.Symbols;

/// <summary>The words that languages put before a name they define.</summary>
internal static class SymbolWords
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> s_kinds = new Dictionary<string, string>
    {
        ["csharp"] = "class struct interface enum record namespace delegate event",
        ["razor"] = "class struct interface enum record",
        ["java"] = "class interface enum record @interface:interface",
        ["kotlin"] = "class interface object fun:function typealias:type",
        ["scala"] = "class trait object def:function type",
        ["groovy"] = "class interface trait enum def:function",
        ["fsharp"] = "module namespace type",
        ["visualbasic"] = "class:class module interface structure:struct enum function sub:method",
        ["typescript"] = "class interface enum type namespace module function",
        ["javascript"] = "class function",
        ["vue"] = "class function interface type",
        ["svelte"] = "class function interface type",
        ["python"] = "class def:function",
        ["go"] = "func:function type",
        ["rust"] = "fn:function struct enum union trait type mod:module macro_rules:macro impl",
        ["c"] = "struct enum union",
        ["cpp"] = "class struct enum union namespace concept",
        ["objectivec"] = "@interface:class @implementation:class @protocol:interface struct enum",
        ["swift"] = "class struct enum protocol:interface extension func:function actor:class typealias:type",
        ["dart"] = "class mixin:class enum extension typedef:type",
        ["ruby"] = "class module def:method",
        ["php"] = "class interface trait enum function namespace",
        ["perl"] = "sub:function package:namespace",
        ["lua"] = "function",
        ["julia"] = "function struct module macro",
        ["elixir"] = "defmodule:module def:function defp:function defmacro:macro defprotocol:interface",
        ["zig"] = "fn:function",
        ["nim"] = "proc:function func:function template:macro macro",
        ["shell"] = "function",
        ["powershell"] = "function class enum filter:function",
        ["protobuf"] = "message enum service:interface rpc:method",
        ["graphql"] = "type interface enum input:type scalar:type union:type",
        ["terraform"] = "resource data module variable output",
    }.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Split(' ').ToFrozenDictionary(word => word.Split(':')[0], word => word.Split(':')[^1], StringComparer.OrdinalIgnoreCase));

    private static readonly FrozenSet<string> s_anyCase = Set("visualbasic powershell");

    private static readonly FrozenSet<string> s_modifiers = Set(
        """
        public private protected internal static async export default abstract sealed final override virtual partial readonly extern unsafe inline constexpr
        friend open data inner companion suspend operator declare local new required file ref pub const implicit explicit synchronized native
        transient volatile strictfp lazy tailrec infix external case mutating nonisolated fileprivate lateinit annotation consteval mutable typedef
        Public Private Protected Friend Shared Overrides Overridable MustInherit NotInheritable
        """);

    private static readonly FrozenSet<string> s_statements = Set(
        """
        return if else for foreach while do switch case catch try finally throw yield await using lock goto break continue in is not and or when where select
        from var let new delete typeof sizeof nameof base this super assert raise import include require use with unless until elif elsif end fixed checked
        unchecked defer go range default echo print function class co_return co_await emit
        """);

    private static readonly FrozenSet<string> s_typed = Set("csharp razor java groovy c cpp objectivec dart");
    private static readonly FrozenSet<string> s_script = Set("typescript javascript vue svelte dart");

    /// <summary>What a word says the next name is, or <see langword="null"/>.</summary>
    public static string? Kind(string language, ReadOnlySpan<char> word) =>
        s_kinds.TryGetValue(language, out var words) && words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var kind)
        && (s_anyCase.Contains(language) || !char.IsAsciiLetterUpper(word[0])) ? kind : null;

    /// <summary>Whether definitions of a language are known at all.</summary>
    public static bool Knows(string language) => s_kinds.ContainsKey(language);

    /// <summary>Whether a word may stand before the one that tells the kind.</summary>
    public static bool IsModifier(ReadOnlySpan<char> word) => s_modifiers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Whether a word begins a statement, so that what follows defines nothing.</summary>
    public static bool IsStatement(ReadOnlySpan<char> word) => s_statements.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Whether methods of a language are written as a type, a name and parameters.</summary>
    public static bool IsTyped(string language) => s_typed.Contains(language);

    /// <summary>Whether methods of a language are written as a name, parameters and a brace.</summary>
    public static bool IsScript(string language) => s_script.Contains(language);

    private static FrozenSet<string> Set(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}

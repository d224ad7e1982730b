using System.Collections.Frozen;

namespace Nura.Rag.Files;

/// <summary>Tells a file's language by its name.</summary>
internal static class Languages
{
    /// <summary>Markdown and its like, split at headings.</summary>
    public const string Markdown = "markdown";

    /// <summary>The name for what is not known.</summary>
    public const string Text = "text";

    private static readonly FrozenDictionary<string, string> s_byExtension = Map(
        ("csharp", "cs csx"), ("fsharp", "fs fsx fsi"), ("visualbasic", "vb"), ("razor", "razor cshtml"), ("python", "py pyi pyw"),
        ("go", "go"), ("java", "java"), ("kotlin", "kt kts"), ("scala", "scala sc"), ("groovy", "groovy gradle"),
        ("typescript", "ts tsx mts cts"), ("javascript", "js jsx mjs cjs"), ("vue", "vue"), ("svelte", "svelte"), ("rust", "rs"),
        ("c", "c h"), ("cpp", "cc cpp cxx hh hpp hxx inl"), ("objectivec", "m mm"), ("swift", "swift"), ("dart", "dart"), ("ruby", "rb rake"),
        ("php", "php"), ("perl", "pl pm"), ("lua", "lua"), ("r", "r"), ("julia", "jl"), ("elixir", "ex exs"), ("erlang", "erl hrl"),
        ("haskell", "hs"), ("ocaml", "ml mli"), ("clojure", "clj cljs edn"), ("zig", "zig"), ("nim", "nim"), ("shell", "sh bash zsh"),
        ("powershell", "ps1 psm1 psd1"), ("batch", "bat cmd"), ("sql", "sql"), ("terraform", "tf tfvars hcl tofu"), ("protobuf", "proto"),
        ("graphql", "graphql gql"), ("yaml", "yml yaml"), ("json", "json jsonc json5"), ("toml", "toml"), ("ini", "ini cfg conf properties editorconfig"),
        ("xml", "xml xsd xsl xslt csproj fsproj vbproj props targets config resx nuspec"), ("html", "html htm xhtml"), ("css", "css scss sass less"),
        (Markdown, "md markdown mdx"), ("restructuredtext", "rst"), ("asciidoc", "adoc asciidoc"), ("tex", "tex"));

    private static readonly FrozenDictionary<string, string> s_byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Dockerfile"] = "dockerfile", ["Containerfile"] = "dockerfile", ["Makefile"] = "makefile", ["GNUmakefile"] = "makefile",
        ["CMakeLists.txt"] = "cmake", ["Jenkinsfile"] = "groovy", ["Rakefile"] = "ruby", ["Gemfile"] = "ruby",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The language in lower case, such as <c>csharp</c>; <see cref="Text"/> if the name tells nothing.</summary>
    public static string Of(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (s_byName.TryGetValue(name, out var language))
        {
            return language;
        }

        var dot = name.LastIndexOf('.');
        return dot >= 0 && s_byExtension.TryGetValue(name[(dot + 1)..], out language) ? language : Text;
    }

    private static FrozenDictionary<string, string> Map(params (string Language, string Extensions)[] languages) =>
        languages.SelectMany(entry => entry.Extensions.Split(' ').Select(extension => (extension, entry.Language)))
            .ToFrozenDictionary(entry => entry.extension, entry => entry.Language, StringComparer.OrdinalIgnoreCase);
}

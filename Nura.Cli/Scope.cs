using System.CommandLine;

namespace Nura.Cli;

/// <summary>The options that say where to look; every command that looks has them.</summary>
internal sealed class Scope
{
    public Option<string[]> Repositories { get; } = new("--repository", "-r") { Description = "Only this repository, by name; may be repeated.", DefaultValueFactory = _ => [] };

    public Option<string?> Ref { get; } = new("--ref") { Description = "An indexed branch, tag or commit, in place of the one each repository follows." };

    public Option<string?> Path { get; } = new("--path", "-p") { Description = "Only files below this folder, or that fit this pattern, such as 'src/**/*.cs'." };

    public Option<string?> Language { get; } = new("--language", "-l") { Description = "Only files of this language, such as csharp." };

    public Option<int> Limit { get; }

    public Scope(int limit) => Limit = new Option<int>("--limit", "-n") { Description = "Most results.", DefaultValueFactory = _ => limit };

    public Command AddTo(Command command)
    {
        foreach (var option in (Option[])[Repositories, Ref, Path, Language, Limit])
        {
            command.Options.Add(option);
        }

        return command;
    }
}

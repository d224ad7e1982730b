using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Nura.Hosting;

/// <summary>The AppHost's user secrets: generated values live there so that they outlive a restart and stay out of git.</summary>
internal sealed class UserSecretsFile(string path)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public string Path { get; } = path;

    /// <summary>The file that the assembly's <c>UserSecretsId</c> names; null without one.</summary>
    public static UserSecretsFile? For(Assembly? assembly) =>
        assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId is { } id ? new(PathHelper.GetSecretsPathFromSecretsId(id)) : null;

    public IConfigurationSource Source()
    {
        var source = new JsonConfigurationSource { Path = Path, Optional = true, ReloadOnChange = false };
        source.ResolveFileProvider();
        return source;
    }

    /// <summary>The value of a key; made and stored when there is none. Two AppHosts that start together agree on one.</summary>
    public string GetOrAdd(string key, Func<string> make)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        using var guard = FileLock.Wait(Path + ".lock");
        var secrets = File.Exists(Path) && File.ReadAllText(Path) is { Length: > 0 } text
            ? JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject()
            : [];
        if (secrets[key] is { } known)
        {
            return known.GetValue<string>();
        }

        var value = make();
        secrets[key] = value;
        var next = Path + ".new";
        PrivateFiles.Write(next, secrets.ToJsonString(s_indented));
        File.Move(next, Path, overwrite: true);
        return value;
    }
}

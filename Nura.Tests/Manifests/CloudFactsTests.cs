using System.Text.RegularExpressions;
using Nura.Tests.House;

namespace Nura.Tests.Manifests;

/// <summary>What the cloud's code and the clusters' manifests have to know of each other.</summary>
public sealed class CloudFactsTests
{
    // The facts are named in two languages, by two sets of people.
    [Fact]
    public void ApplicationSets_Facts_AreThoseTheCloudTells()
    {
        var bridge = SourceTree.Read("tofu/modules/stack/bridge.tf");
        var told = Regex.Matches(bridge[bridge.IndexOf("facts = ", StringComparison.Ordinal)..], @"^\s+(?<key>[a-z_]+)\s+=", RegexOptions.Multiline)
            .Select(match => "nura.dev/" + match.Groups["key"].Value.Replace('_', '-')).ToHashSet();
        var asked = Directory.EnumerateFiles(Path.Combine(EnvironmentRenderings.Folder, "argocd"), "*.yaml", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "metadata.annotations \"(?<key>[^\"]+)\""))
            .Select(match => match.Groups["key"].Value).Distinct().ToList();

        Assert.NotEmpty(asked);
        Assert.All(asked, fact => Assert.Contains(fact, told));
    }

    // What the cloud makes and no cluster takes is a right that nobody watches, or a secret that nobody rotates.
    [Fact]
    public void RolesAndSecrets_OfTheCloud_AreUsedInTheClusters()
    {
        var rendered = string.Concat(Directory.EnumerateFiles(Path.Combine(EnvironmentRenderings.Folder, "rendered", "dev"), "*.yaml").Select(File.ReadAllText));
        var accounts = Names(rendered, @"^kind: ServiceAccount\nmetadata:\n  name: (?<name>\S+)$")
            .Concat(Directory.EnumerateFiles(Path.Combine(EnvironmentRenderings.Folder, "platform"), "values.yaml", SearchOption.AllDirectories)
                .SelectMany(file => Names(File.ReadAllText(file), @"serviceAccount:\n(?: *#.*\n)* +name: (?<name>\S+)$")));
        var secrets = Names(rendered, @"^ +key: nura-example/(?<name>\S+)$").ToHashSet();

        var identities = SourceTree.Read("tofu/modules/stack/identities.tf");
        var stack = SourceTree.Read("tofu/modules/stack/main.tf");
        var roles = Names(identities[identities.IndexOf("identities = {", StringComparison.Ordinal)..], @"^    (?<name>[a-z-]+) = \{$").ToList();
        var made = Names(stack[stack.IndexOf("module \"secrets\"", StringComparison.Ordinal)..stack.IndexOf("module \"backup\"", StringComparison.Ordinal)], @"^    (?<name>[a-z-]+) +=").ToList();

        Assert.NotEmpty(roles);
        Assert.NotEmpty(made);
        Assert.All(roles, role => Assert.Contains(role, accounts));
        Assert.All(made, secret => Assert.Contains(secret, secrets));

        static IEnumerable<string> Names(string text, string pattern) =>
            Regex.Matches(text, pattern, RegexOptions.Multiline).Select(match => match.Groups["name"].Value);
    }

    // "index" finds an empty text where nothing is, and "missingkey=error" says nothing of that.
    [Fact]
    public void ApplicationSets_MissingFact_StopsTheRollout()
    {
        var files = ((string[])["applications", "platform"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(EnvironmentRenderings.Folder, "argocd", folder), "*.yaml")).ToList();

        Assert.Equal(6, files.Count);
        Assert.All(files, file =>
        {
            var text = File.ReadAllText(file);
            var guarded = Regex.Matches(
                text, """\{\{ with index \.metadata\.(?:annotations|labels) "(?<fact>[^"]+)" }}\{\{ \. }}\{\{ else }}\{\{ fail "the cluster Secret lacks \k<fact>" }}\{\{ end }}""");
            Assert.NotEmpty(guarded);
            Assert.Equal(Regex.Count(text, @"index \.metadata"), guarded.Count);
        });
    }
}

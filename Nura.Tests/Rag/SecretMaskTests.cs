using System.Security.Cryptography;
using Nura.Contracts;
using Nura.Rag.Text;
using Nura.Tests.Databases;

namespace Nura.Tests.Rag;

/// <summary>Secrets that lie in repositories: what is covered, and that nothing shows them. They are put together here, so that no scanner takes this file for a leak.</summary>
public sealed class SecretMaskTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private static readonly string s_letters = string.Concat(Enumerable.Repeat("aB3", 40));

    public static TheoryData<string, string, string> Secrets() => new()
    {
        { "id = \"AKIA", "ABCDEFGH12345678", "\";" },
        { "aws_secret_access_key = ", s_letters[..38] + "/+", "\n" },
        { "\"SecretAccessKey\": \"", s_letters[..40], "\"," },
        { "token: ghp_", s_letters[..36], "\n" },
        { "github_pat_", s_letters[..22] + "_" + s_letters[..59], " " },
        { "https://oauth2:glpat-", s_letters[..20], "@gitlab.example/x" },
        { "//registry/:_authToken=npm_", s_letters[..36], "" },
        { "sk-ant-", "api03-" + s_letters[..95], "'" },
        { "x='hf_", s_letters[..34], "'" },
        { "Authorization: Bearer nura_", s_letters[..43], "\r\n" },
        { "DefaultEndpointsProtocol=https;AccountKey=", s_letters[..86] + "==", ";EndpointSuffix=x" },
        { "xoxb-", "123456789012-123456789012-" + s_letters[..24], "" },
        { "https://hooks.slack.com/services/", $"T{s_letters[..8]}/B{s_letters[..8]}/{s_letters[..24]}", " " },
    };

    [Theory, MemberData(nameof(Secrets))]
    public void Covered_SecretOfAKnownForm_IsAsterisks(string before, string secret, string after) =>
        Assert.Equal(before + new string('*', secret.Length) + after, SecretMask.Covered(before + secret + after));

    [Theory]
    [InlineData("var prefix = \"ghp_\"; // and AKIA, glpat-, npm_, nura_")]
    [InlineData("npm_config_cache npm_package_json npm_lifecycle_event")]
    [InlineData("text.StartsWith(\"-----BEGIN PRIVATE KEY-----\", StringComparison.Ordinal) ? ReadAllOfTheKeyThatFollows(text) : null")]
    [InlineData("A file begins with -----BEGIN RSA PRIVATE KEY----- and then come many lines of letters and digits until the end of it")]
    [InlineData("aws_secret_access_key = Environment.GetEnvironmentVariable(\"AWS_SECRET_ACCESS_KEY\")")]
    [InlineData("EURASIAABCDEFGHIJKLMNOPQRSTUV")]
    [InlineData("the task-ant-, the disk-proj-")]
    public void Covered_OrdinaryText_StaysAsItIs(string text) => Assert.Same(text, SecretMask.Covered(text));

    [Fact]
    public void Covered_PrivateKey_KeepsItsLinesAndWhatFollows()
    {
        using var key = RSA.Create(2048);
        var pem = key.ExportPkcs8PrivateKeyPem();
        var lines = pem.Split('\n');

        var text = SecretMask.Covered($"first\n{pem}\nlast");

        Assert.Equal(["first", lines[0], .. lines[1..^1].Select(line => new string('*', line.Length)), lines[^1], "last"], text.Split('\n'));
        // As a string in JSON, on one line.
        Assert.DoesNotContain(lines[5][..20], SecretMask.Covered($"{{\"key\": \"{pem.Replace("\n", "\\n", StringComparison.Ordinal)}\"}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Covered_AnyText_KeepsLengthAndLines()
    {
        var random = new Random(11);
        string[] pieces = ["AKIA", "ghp_", "PRIVATE KEY-----", "secretAccessKey", s_letters, "ABCDEFGH12345678", "\n", " ", "\"", "é", "\r\n", "-----END"];
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var covered = SecretMask.Covered(text);

            Assert.Equal(text.Length, covered.Length);
            Assert.All(text.Zip(covered), pair => Assert.True(pair.First == pair.Second || (pair.Second == '*' && !char.IsWhiteSpace(pair.First))));
            Assert.Same(covered, SecretMask.Covered(covered));
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Repository_WithSecrets_ShowsThemNowhere()
    {
        await using var host = new RagHost(await database.GetAsync());
        using var sample = new SampleRepository(host.Root);
        using var key = ECDsa.Create();
        var token = "ghp_" + s_letters[..36];
        var commit = sample.Commit("deploy.py", $"def deploy_site():\n    token = \"{token}\"\n    upload(token)\n", "id_ecdsa", key.ExportECPrivateKeyPem() + "\n");
        var view = await host.AddAsync(sample.Path, "secrets");
        var covered = $"    token = \"ghp_{new string('*', 36)}\"";

        var passage = Assert.Single((await host.SearchAsync("deploy site token", view.Id)).Hits);
        Assert.Contains(covered, passage.Text, StringComparison.Ordinal);
        Assert.Equal(covered, Assert.Single((await host.Rag.GrepAsync(new GrepRequest("ghp_", Repositories: [view.Id]), CancellationToken.None)).Matches).Text);
        Assert.Empty((await host.Rag.GrepAsync(new GrepRequest(token, Repositories: [view.Id]), CancellationToken.None)).Matches);
        Assert.Equal(covered, (await host.Rag.ReadAsync(new ReadFile("secrets", "deploy.py", StartLine: 2, EndLine: 2), CancellationToken.None)).Text);
        Assert.Equal(covered, (await host.Rag.FileAsync(new Citation("secrets", commit, "deploy.py", 2, 2), CancellationToken.None)).Text);
        Assert.DoesNotContain(key.ExportECPrivateKeyPem().Split('\n')[1], (await host.Rag.ReadAsync(new ReadFile("secrets", "id_ecdsa"), CancellationToken.None)).Text, StringComparison.Ordinal);
        Assert.Equal(
            [new FileIssue("deploy.py", false, "Secrets are covered: 1, the first in line 2. Revoke them, as the history keeps them."), new FileIssue("id_ecdsa", false, "A private key.")],
            await host.Rag.IssuesAsync(view.Id, null, 0, 10, CancellationToken.None));
        Assert.Equal(1, view.Files);
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag;
using Nura.Rag.Git;
using Nura.Rag.Repositories;

namespace Nura.Tests.Rag;

public sealed class SourceRulesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("nura-sources-").FullName;

    /// <summary>Every way to write an address that is not to be reached, and every protocol that is not to be spoken.</summary>
    [Theory]
    [InlineData("https://127.0.0.1/a/b"), InlineData("https://127.1/a/b"), InlineData("https://2130706433/a/b"), InlineData("https://0x7f000001/a/b")]
    [InlineData("https://0x7f.0.0.1/a/b"), InlineData("https://0177.0.0.1/a/b"), InlineData("https://017700000001/a/b"), InlineData("https://127.0.0.1./a/b")]
    [InlineData("https://[::1]/a/b"), InlineData("https://[::ffff:127.0.0.1]/a/b"), InlineData("https://[::ffff:7f00:1]/a/b"), InlineData("https://[0:0:0:0:0:ffff:a9fe:a9fe]/a/b")]
    [InlineData("https://169.254.169.254/latest/meta-data"), InlineData("https://2852039166/latest"), InlineData("https://0xa9fea9fe/latest"), InlineData("https://[fd00:ec2::254]/latest")]
    [InlineData("https://10.0.0.5/a/b"), InlineData("https://192.168.0.1/a/b"), InlineData("https://172.20.1.1/a/b"), InlineData("https://0/a/b"), InlineData("https://0.0.0.0/a/b")]
    [InlineData("https://[fe80::1]/a/b"), InlineData("https://[64:ff9b::a9fe:a9fe]/a/b"), InlineData("https://localhost/a/b"), InlineData("https://LOCALHOST./a/b")]
    [InlineData("https://private.example/a/b"), InlineData("https://mixed.example/a/b"), InlineData("https://unknown.example/a/b")]
    [InlineData("https://１２７.０.０.１/a/b"), InlineData("https://127。0。0。1/a/b")]
    [InlineData("http://public.example/a/b"), InlineData("git://public.example/a/b"), InlineData("ftp://public.example/a/b"), InlineData("ssh://git@public.example/a/b")]
    [InlineData("git@public.example:a/b.git"), InlineData("ext::sh -c id"), InlineData("fd::17"), InlineData("--upload-pack=id"), InlineData("-c core.sshCommand=id")]
    [InlineData("https://user:secret@public.example/a/b"), InlineData("https://token@public.example/a/b"), InlineData("https://public.example"), InlineData("https://public.example/a?x=1")]
    [InlineData("file://other-machine/share/repo"), InlineData("relative/path"), InlineData(""), InlineData("https://"), InlineData("https://public.example/a\nb"), InlineData("javascript:alert(1)")]
    public async Task Check_DangerousSource_IsRefused(string source)
    {
        var refusal = await Assert.ThrowsAsync<ProblemException>(() => Rules().CheckAsync(SourceAddress.Parse(source), CancellationToken.None));

        Assert.Equal(400, refusal.Status);
        Assert.DoesNotContain("secret", refusal.Message);
    }

    /// <summary>git has a shell read the command for ssh, so what is put into it must mean nothing there.</summary>
    [Theory]
    [InlineData("ssh://git@[2606:4700::1111%;id;]/a/b"), InlineData("ssh://git@[2606:4700::1111%25$(id)]/a/b"), InlineData("ssh://git@[2606:4700::1111%`id`]/a/b")]
    [InlineData("https://[2606:4700::1111%;id;]/a/b"), InlineData("ssh://git@any;id/a/b"), InlineData("ssh://git@any$(id)/a/b"), InlineData("ssh://git@any%3Bid/a/b")]
    [InlineData("ssh://git@any&id/a/b"), InlineData("ssh://git@any'id'/a/b")]
    public async Task Check_HostWithMoreThanAName_IsRefused(string source)
    {
        var rules = new SourceRules(Options.Create(new RagOptions { AllowSsh = true }), static (_, _) => Task.FromResult(new[] { IPAddress.Parse("140.82.121.4") }));

        var refusal = await Assert.ThrowsAsync<ProblemException>(() => rules.CheckAsync(SourceAddress.Parse(source), CancellationToken.None));

        Assert.Equal(400, refusal.Status);
    }

    [Theory]
    [InlineData("ssh://git@PUBLIC.example:22022/a/b", "HostKeyAlias=public.example -o HostName=140.82.121.4")]
    [InlineData("ssh://git@git_server-2.example/a/b", "HostKeyAlias=git_server-2.example -o HostName=140.82.121.4")]
    [InlineData("ssh://git@[2606:4700::0:1111]/a/b", "HostKeyAlias=2606:4700::1111 -o HostName=2606:4700::1111")]
    public async Task Check_SshHost_IsPinnedInTheCommand(string source, string command)
    {
        var rules = new SourceRules(Options.Create(new RagOptions { AllowSsh = true }), static (_, _) => Task.FromResult(new[] { IPAddress.Parse("140.82.121.4") }));

        var checkedSource = await rules.CheckAsync(SourceAddress.Parse(source), CancellationToken.None);

        Assert.EndsWith(command, checkedSource.Environment["GIT_SSH_COMMAND"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_PublicHost_PinsTheAddressThatWasChecked()
    {
        var source = await Rules().CheckAsync(SourceAddress.Parse("https://PUBLIC.example:8443/Owner/Repo.git"), CancellationToken.None);

        Assert.Equal("https://public.example:8443/Owner/Repo.git", source.Url);
        Assert.Equal(["-c", "http.curloptResolve=public.example:8443:140.82.121.4"], source.Options);
        Assert.Empty(source.Environment);
    }

    /// <summary>Where the first of them is out of reach, as IPv6 often is, the others are tried.</summary>
    [Fact]
    public async Task Check_HostWithSeveralAddresses_PinsThemAll()
    {
        var rules = new SourceRules(Options.Create(new RagOptions()), static (_, _) => Task.FromResult(new[] { IPAddress.Parse("2606:4700::1111"), IPAddress.Parse("140.82.121.4") }));

        var source = await rules.CheckAsync(SourceAddress.Parse("https://both.example/a/b"), CancellationToken.None);

        Assert.Equal(["-c", "http.curloptResolve=both.example:443:[2606:4700::1111],140.82.121.4"], source.Options);
    }

    [Fact]
    public async Task Check_TokenOfTheHost_TravelsInTheEnvironmentOnly()
    {
        var rules = Rules(options => options.Tokens["public.example"] = "t0ken");

        var source = await rules.CheckAsync(SourceAddress.Parse("https://public.example/a/b"), CancellationToken.None);

        Assert.Equal("http.https://public.example/.extraHeader", source.Environment["GIT_CONFIG_KEY_0"]);
        Assert.DoesNotContain("t0ken", string.Join(' ', source.Options) + source.Url);
    }

    [Fact]
    public async Task Check_TrustedHost_MayBePrivate()
    {
        var rules = Rules(options => options.TrustedHosts.Add("private.example"));

        Assert.Equal("http://private.example/a/b", (await rules.CheckAsync(SourceAddress.Parse("http://private.example/a/b"), CancellationToken.None)).Url);
    }

    [Fact]
    public async Task Check_FolderOutsideTheRoots_NamesTheSettingAndNotWhatExists()
    {
        foreach (var path in new[] { "/etc", "/no-such-folder-at-all", "file:///etc", _root + "/../" })
        {
            var refusal = await Assert.ThrowsAsync<ProblemException>(() => Rules(AllowRoot).CheckAsync(SourceAddress.Parse(path), CancellationToken.None));
            Assert.Contains("Nura:Rag:LocalRoots", refusal.Detail);
        }
    }

    [Fact]
    public async Task Check_LinksInsideTheRoots_CountAsWhatTheyPointTo()
    {
        using var outside = new SampleRepository();
        using var inside = new SampleRepository(_root);
        Directory.CreateSymbolicLink(Path.Combine(_root, "out"), outside.Path);
        Directory.CreateSymbolicLink(Path.Combine(_root, "in"), inside.Path);
        Directory.CreateSymbolicLink(Path.Combine(_root, "circle"), Path.Combine(_root, "circle2"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "circle2"), Path.Combine(_root, "circle"));

        await Assert.ThrowsAsync<ProblemException>(() => Check("out"));
        var circle = await Assert.ThrowsAsync<ProblemException>(() => Check("circle"));
        Assert.Equal(RealPath.Resolve(inside.Path), (await Check("in")).Url);
        Assert.Contains("circle", circle.Detail);

        Task<FetchSource> Check(string name) => Rules(AllowRoot).CheckAsync(SourceAddress.Parse(Path.Combine(_root, name)), CancellationToken.None);
    }

    [Fact]
    public async Task Check_GitFileThatLeadsOut_IsRefused()
    {
        using var outside = new SampleRepository();
        var trap = Directory.CreateDirectory(Path.Combine(_root, "trap")).FullName;
        await File.WriteAllTextAsync(Path.Combine(trap, ".git"), $"gitdir: {outside.Path}/.git\n");

        await Assert.ThrowsAsync<ProblemException>(() => Rules(AllowRoot).CheckAsync(SourceAddress.Parse(trap), CancellationToken.None));
    }

    [Theory]
    [InlineData("https://github.com/Owner/Repo.git", "Owner/Repo")]
    [InlineData("https://gitlab.example/group/sub/repo/", "sub/repo")]
    [InlineData("git@github.com:owner/repo.git", "owner/repo")]
    [InlineData("/srv/code/my repo", "my-repo")]
    [InlineData("file:///srv/code/tool.git", "tool")]
    public void Name_Source_SuggestsOne(string source, string name) => Assert.Equal(name, SourceAddress.Parse(source).SuggestName());

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void AllowRoot(RagOptions options) => options.LocalRoots.Add(_root);

    private static SourceRules Rules(Action<RagOptions>? configure = null)
    {
        var options = new RagOptions();
        configure?.Invoke(options);
        return new SourceRules(Options.Create(options), static (host, _) => host switch
        {
            "public.example" => Task.FromResult(new[] { IPAddress.Parse("140.82.121.4") }),
            "private.example" => Task.FromResult(new[] { IPAddress.Parse("10.2.3.4") }),
            "mixed.example" => Task.FromResult(new[] { IPAddress.Parse("140.82.121.4"), IPAddress.Parse("169.254.169.254") }),
            "localhost" => Task.FromResult(new[] { IPAddress.Loopback }),
            _ => throw new SocketException((int)SocketError.HostNotFound),
        });
    }
}

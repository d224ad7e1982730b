using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nura.Manifests.Promotion;

namespace Nura.Manifests.Cli;

/// <summary>"promote", "verify", "rollback" and "status": the way of a release through the stages, in git.</summary>
internal sealed class PromotionCommands
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly Option<string> _repository = new("--repository") { Description = "A clone of the repository.", DefaultValueFactory = _ => "." };

    private readonly Option<string> _remote = new("--remote") { Description = "Its remote.", DefaultValueFactory = _ => "origin" };

    private readonly Option<string> _branch = new("--branch") { Description = "The shared branch.", DefaultValueFactory = _ => "main" };

    private readonly Option<string> _folder = new("--environments") { Description = "Folder of the environments.", DefaultValueFactory = _ => ReleaseFiles.DefaultFolder };

    public static IEnumerable<Command> Create()
    {
        var commands = new PromotionCommands();
        return [commands.Promote(), commands.Verify(), commands.Rollback(), commands.Status()];
    }

    private Command Promote()
    {
        var to = new Option<string>("--to") { Description = "The stage to promote to.", Required = true };
        var release = new Option<string?>("--release") { Description = "A certain release instead of the newest verified one." };
        var commit = new Option<string?>("--commit") { Description = "First stage only: the commit the images were built from." };
        var images = new Option<string[]>("--image") { Description = "First stage only: name=sha256:... of each image.", DefaultValueFactory = _ => [] };
        var command = Verb("promote", "Moves the newest release that the stage before has verified; or brings a new one into the first stage.", to, release, commit, images);
        command.SetAction((parse, cancellationToken) => RunAsync(parse, promoter => parse.GetValue(commit) is { } source
            ? promoter.ReleaseAsync(parse.GetValue(to)!, Release.Create(source, Images(parse.GetValue(images)!)), cancellationToken)
            : promoter.PromoteAsync(parse.GetValue(to)!, parse.GetValue(release), cancellationToken)));
        return command;
    }

    private Command Verify()
    {
        var stage = new Option<string>("--stage") { Description = "The stage that was tested.", Required = true };
        var smoke = new Option<string[]>("--smoke") { Description = "An address that must answer with 2xx; may be repeated.", DefaultValueFactory = _ => [] };
        var evidence = new Option<string?>("--evidence") { Description = "What else was seen, such as the link of a test run." };
        var command = Verb("verify", "Smoke-tests a stage and notes that its release proved itself there.", stage, smoke, evidence);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var addresses = parse.GetValue(smoke)!.Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri
                : throw new ManifestToolException($"'{text}' is not an http or https address.")).ToList();
            if (addresses.Count == 0 && string.IsNullOrWhiteSpace(parse.GetValue(evidence)))
            {
                throw new ManifestToolException("Verification needs something that was seen: --smoke <address> or --evidence <text>.");
            }

            var repository = Repository(parse);
            var name = parse.GetValue(stage)!;
            var snapshot = await repository.FetchAsync(cancellationToken);
            var release = snapshot.Current[snapshot.Stage(name).Name] ?? throw new ManifestToolException($"'{name}' has no release yet, so there is nothing to verify.");
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
            var seen = addresses.Count == 0 ? null : await SmokeTest.RunAsync(addresses, http, TimeProvider.System, cancellationToken);
            var result = await new Promoter(repository, TimeProvider.System)
                .VerifyAsync(name, release.Id, string.Join("; ", new[] { seen, parse.GetValue(evidence) }.OfType<string>()), cancellationToken);
            await SayAsync(parse, result);
        }));
        return command;
    }

    private Command Rollback()
    {
        var stage = new Option<string>("--stage") { Description = "The stage to take back.", Required = true };
        var to = new Option<string?>("--to") { Description = "An earlier release of that stage; by default the newest good one." };
        var reason = new Option<string>("--reason") { Description = "Why; kept with the release.", DefaultValueFactory = _ => "rolled back" };
        var command = Verb("rollback", "Takes the release of a stage back in one commit. It never comes back there.", stage, to, reason);
        command.SetAction((parse, cancellationToken) => RunAsync(
            parse, promoter => promoter.RollbackAsync(parse.GetValue(stage)!, parse.GetValue(to), parse.GetValue(reason)!, cancellationToken)));
        return command;
    }

    private Command Status()
    {
        var check = new Option<bool>("--check") { Description = "Fail when a stage runs what it may not; for pull requests." };
        var revision = new Option<string?>("--revision") { Description = "Look at this local commit instead of the remote's branch." };
        var json = new Option<bool>("--json") { Description = "Machine-readable." };
        var command = Verb("status", "Shows what runs where, and what may be promoted.", check, revision, json);
        command.SetAction((parse, cancellationToken) => Failures.ReportAsync(parse, async () =>
        {
            var repository = Repository(parse);
            var snapshot = parse.GetValue(revision) is { } commit ? await repository.ReadAsync(commit, cancellationToken) : await repository.FetchAsync(cancellationToken);
            var findings = ReleaseAudit.Find(snapshot);
            await parse.InvocationConfiguration.Output.WriteLineAsync(parse.GetValue(json) ? Json(snapshot, findings) : Text(snapshot));
            if (parse.GetValue(check) && findings.Count > 0)
            {
                throw new ManifestToolException(string.Join(" ", findings));
            }
        }));
        return command;
    }

    private static string Text(ReleaseSnapshot snapshot) => string.Join(Environment.NewLine, snapshot.Stages.Select(stage =>
    {
        var release = snapshot.Current[stage.Name];
        var state = release is null ? "nothing yet"
            : snapshot.Records[stage.Name].HasVerified(release.Id) ? $"{release.Id} verified" : $"{release.Id} not verified";
        return $"{stage.Name,-16} {state}{(stage.NeedsApproval ? " (approval by pull request)" : "")}";
    }));

    private static string Json(ReleaseSnapshot snapshot, IReadOnlyList<string> findings) => new JsonObject
    {
        ["commit"] = snapshot.Tip,
        ["stages"] = new JsonArray([.. snapshot.Stages.Select(stage => (JsonNode)new JsonObject
        {
            ["name"] = stage.Name,
            ["release"] = snapshot.Current[stage.Name]?.Id,
            ["verified"] = snapshot.Current[stage.Name] is { } release && snapshot.Records[stage.Name].HasVerified(release.Id),
        })]),
        ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)finding)]),
    }.ToJsonString(s_indented);

    private Command Verb(string name, string description, params Option[] options)
    {
        var command = new Command(name, description);
        foreach (var option in (Option[])[.. options, _repository, _remote, _branch, _folder])
        {
            command.Options.Add(option);
        }

        return command;
    }

    private GitReleaseRepository Repository(ParseResult parse) =>
        new(parse.GetValue(_repository)!, parse.GetValue(_remote)!, parse.GetValue(_branch)!, parse.GetValue(_folder)!);

    private Task<int> RunAsync(ParseResult parse, Func<Promoter, Task<PromotionResult>> action) => Failures.ReportAsync(parse, async () =>
        await SayAsync(parse, await action(new Promoter(Repository(parse), TimeProvider.System))));

    private static async Task SayAsync(ParseResult parse, PromotionResult result)
    {
        var output = parse.InvocationConfiguration.Output;
        await output.WriteLineAsync(result.Commit is null ? result.Summary : $"{result.Summary} ({result.Commit[..10]})");
        if (result.Branch is not null)
        {
            await output.WriteLineAsync($"waits for approval: open a pull request from '{result.Branch}' and merge it");
        }
    }

    private static Dictionary<string, string> Images(IEnumerable<string> pairs)
    {
        var images = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !images.TryAdd(pair[..at], pair[(at + 1)..]))
            {
                throw new ManifestToolException($"'--image {pair}' is not name=sha256:..., or names an image twice.");
            }
        }

        return images;
    }
}

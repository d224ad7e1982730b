using System.CommandLine;
using Nura.Contracts;

namespace Nura.Cli;

/// <summary>"repos": the repositories of the server.</summary>
internal static class RepositoryCommands
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The repository's name." };
        return new Command("repos", "Adds, lists and indexes repositories.")
        {
            CreateAdd(),
            CreateList(),
            Connection.Run(new Command("status", "Shows one repository, or all, with files and errors.") { new Argument<string?>("name") { Arity = ArgumentArity.ZeroOrOne, Description = "The repository's name." } }, StatusAsync),
            CreateIndex(name),
            Steer("pause", "Holds an index until it is resumed.", name, (rag, id, cancellationToken) => rag.PauseAsync(id, cancellationToken)),
            Steer("resume", "Goes on with a paused index.", name, (rag, id, cancellationToken) => rag.ResumeAsync(id, cancellationToken)),
            Steer("cancel", "Ends an index; what was searchable stays.", name, (rag, id, cancellationToken) => rag.CancelAsync(id, cancellationToken)),
            Connection.Run(new Command("remove", "Removes a repository with its index; the source is not touched.") { name }, async (parse, nura, cancellationToken) =>
            {
                var repository = await nura.RepositoryAsync(parse.GetValue(name)!, cancellationToken);
                await nura.Rag.DeleteAsync(repository.Id, cancellationToken);
                await (nura.AsJson ? nura.WriteJsonAsync(repository) : nura.Output.WriteLineAsync($"{repository.Name} is removed."));
                return ExitCodes.Done;
            }),
            Connection.Run(new Command("webhook", "Makes a new secret for a git server's push notices.") { name }, async (parse, nura, cancellationToken) =>
            {
                var webhook = await nura.Rag.WebhookAsync((await nura.RepositoryAsync(parse.GetValue(name)!, cancellationToken)).Id, cancellationToken);
                await (nura.AsJson ? nura.WriteJsonAsync(webhook) : nura.Output.WriteLineAsync($"address  {new Uri(nura.Http.BaseAddress!, webhook.Path)}\nsecret   {webhook.Secret}"));
                return ExitCodes.Done;
            }),
        };
    }

    private static Command CreateAdd()
    {
        var source = new Argument<string>("source") { Description = "A git URL, or a path on the server's machine." };
        var name = new Option<string?>("--name") { Description = "Name in citations; taken from the source if left out." };
        var reference = new Option<string?>("--ref") { Description = "Branch, tag or commit to follow." };
        var noWait = NoWait();
        return Connection.Run(new Command("add", "Adds a repository and waits until it is searchable.") { source, name, reference, noWait }, async (parse, nura, cancellationToken) =>
            await FollowAsync(nura, await nura.Rag.AddAsync(new AddRepository(parse.GetValue(source)!, parse.GetValue(name), parse.GetValue(reference)), cancellationToken), parse.GetValue(noWait), cancellationToken));
    }

    private static Command CreateIndex(Argument<string> name)
    {
        var reference = new Option<string?>("--ref") { Description = "Index this branch, tag or commit beside the one that is followed." };
        var noWait = NoWait();
        return Connection.Run(new Command("index", "Indexes the newest commit and waits until it is searchable.") { name, reference, noWait }, async (parse, nura, cancellationToken) =>
        {
            var repository = await nura.RepositoryAsync(parse.GetValue(name)!, cancellationToken);
            var indexed = parse.GetValue(reference) is { } other
                ? await nura.Rag.AddRefAsync(repository.Id, new AddRef(other), cancellationToken)
                : await nura.Rag.IndexAsync(repository.Id, cancellationToken);
            return await FollowAsync(nura, indexed, parse.GetValue(noWait), cancellationToken);
        });
    }

    private static Command CreateList() => Connection.Run(new Command("list", "Lists the repositories."), async (_, nura, cancellationToken) =>
    {
        var list = await nura.Rag.ListAsync(cancellationToken);
        if (nura.AsJson)
        {
            await nura.WriteJsonAsync(list);
            return ExitCodes.Done;
        }

        var width = list.Select(repository => repository.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var repository in list)
        {
            await nura.Output.WriteLineAsync($"{repository.Name.PadRight(width)}  {repository.State.ToString().ToLowerInvariant(),-9}  {repository.Commit?[..Citation.ShortCommit] ?? "-",-12}  {repository.Files,7} files  {repository.Source}");
        }

        return ExitCodes.Done;
    });

    private static async Task<int> StatusAsync(ParseResult parse, Connection nura, CancellationToken cancellationToken)
    {
        var name = parse.GetValue<string?>("name");
        IReadOnlyList<RepositoryView> shown = name is null ? await nura.Rag.ListAsync(cancellationToken) : [await nura.RepositoryAsync(name, cancellationToken)];
        if (nura.AsJson)
        {
            await nura.WriteJsonAsync(shown);
            return ExitCodes.Done;
        }

        foreach (var repository in shown)
        {
            await nura.Output.WriteLineAsync(repository.Progress is { } progress ? ProgressBar.Line(repository.Name, progress) : repository.Name);
            await nura.Output.WriteLineAsync($"  {repository.Source}{(repository.Ref is null ? "" : $" at {repository.Ref}")}: {repository.Files} files, {repository.Chunks} pieces at {repository.Commit ?? "no commit yet"}");
            if (repository.Error is { } error)
            {
                await nura.Output.WriteLineAsync($"  {error}");
            }

            foreach (var reference in await nura.Rag.RefsAsync(repository.Id, cancellationToken))
            {
                await nura.Output.WriteLineAsync($"  also {reference.Ref}: {reference.State.ToString().ToLowerInvariant()}, {reference.Files} files at {reference.Commit ?? "no commit yet"}{(reference.Error is null ? "" : $". {reference.Error}")}");
            }
        }

        return shown.Any(repository => repository.State == RepositoryState.Failed) ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static Command Steer(string verb, string description, Argument<string> name, Func<RagClient, Guid, CancellationToken, Task<RepositoryView>> steer) =>
        Connection.Run(new Command(verb, description) { name }, async (parse, nura, cancellationToken) =>
        {
            var view = await steer(nura.Rag, (await nura.RepositoryAsync(parse.GetValue(name)!, cancellationToken)).Id, cancellationToken);
            await (nura.AsJson ? nura.WriteJsonAsync(view) : nura.Output.WriteLineAsync($"{view.Name} is {view.State.ToString().ToLowerInvariant()}."));
            return ExitCodes.Done;
        });

    private static Option<bool> NoWait() => new("--no-wait") { Description = "Return at once." };

    private static async Task<int> FollowAsync(Connection nura, RepositoryView repository, bool noWait, CancellationToken cancellationToken)
    {
        if (!noWait)
        {
            var bar = new ProgressBar(nura.Error, repository.Name, Terminal.Width(nura.Error));
            await foreach (var progress in nura.Rag.ProgressStreamAsync(repository.Id, cancellationToken))
            {
                await bar.ShowAsync(progress);
            }

            await bar.EndAsync();
            repository = await nura.Rag.GetAsync(repository.Id, cancellationToken);
        }

        if (nura.AsJson)
        {
            await nura.WriteJsonAsync(repository);
        }
        else if (repository.State == RepositoryState.Ready)
        {
            await nura.Output.WriteLineAsync($"{repository.Name} is searchable at {repository.Commit}: {repository.Files} files, {repository.Chunks} pieces.");
        }
        else if (noWait)
        {
            await nura.Output.WriteLineAsync($"{repository.Name} is {repository.State.ToString().ToLowerInvariant()}; nura repos status {repository.Name} says how far it is.");
        }

        if (repository.State is RepositoryState.Failed)
        {
            await Terminal.Shown(nura.Error).WriteLineAsync($"nura: {repository.Error}");
        }

        return noWait || repository.State == RepositoryState.Ready ? ExitCodes.Done : ExitCodes.Failed;
    }
}

using Microsoft.Extensions.Options;
using Nura.Contracts;
using Nura.Rag.Git;
using Nura.Rag.Indexing;

namespace Nura.Rag.Repositories;

/// <summary>Adds the default repository at the first start, and follows local repositories: a commit there is indexed within seconds.</summary>
internal sealed partial class SourceWatcher(
    RepositoryRegistry registry, RepositoryStore store, SourceRules rules, GitCommand git, RunQueue runs,
    IOptions<RagOptions> options, TimeProvider time, ILogger<SourceWatcher> logger) : BackgroundService
{
    private readonly Dictionary<Guid, string> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(Math.Max(1, options.Value.PollSeconds));
        using var timer = new PeriodicTimer(pause, time);
        var added = string.IsNullOrWhiteSpace(options.Value.DefaultRepository);
        do
        {
            try
            {
                added = added || await AddDefaultAsync(options.Value.DefaultRepository!, stoppingToken);
                if (options.Value.PollSeconds > 0)
                {
                    await LookAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while ((!added || options.Value.PollSeconds > 0) && await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Whether there is nothing left to try: a refusal stays one until somebody changes the settings.
    private async Task<bool> AddDefaultAsync(string source, CancellationToken cancellationToken)
    {
        try
        {
            await registry.AddAsync(new AddRepository(source), cancellationToken);
        }
        catch (ProblemException exception) when (exception.Status == 409)
        {
            // There since an earlier start. What changed meanwhile is found by the first look.
        }
        catch (ProblemException exception)
        {
            LogDefaultRefused(exception.Message);
        }

        return true;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var repository in await store.VisibleAsync(null, cancellationToken))
        {
            if (SourceAddress.Parse(repository.Source).Path is null || (repository.Ref is { } fixedRef && GitMirror.IsCommit(fixedRef)))
            {
                continue;
            }

            var head = await HeadAsync(repository, cancellationToken);
            if (head is null || head == repository.Commit || _seen.GetValueOrDefault(repository.Id) == head)
            {
                continue;
            }

            // A commit that failed is not tried again and again; a new one is.
            _seen[repository.Id] = head;
            LogMoved(repository.Name, head);
            await runs.EnqueueAsync(repository.Id, cancellationToken);
        }
    }

    private async Task<string?> HeadAsync(RepositoryRow repository, CancellationToken cancellationToken)
    {
        try
        {
            var source = await rules.CheckAsync(SourceAddress.Parse(repository.Source), cancellationToken);
            var reference = repository.Ref is null ? "HEAD" : $"refs/heads/{repository.Ref}";
            var answer = await git.RunAsync(["ls-remote", "--", source.Url, reference], cancellationToken);
            var line = answer.Split('\n').FirstOrDefault(line => line.EndsWith('\t' + reference));
            return line?[..line.IndexOf('\t')];
        }
        catch (Exception exception) when (exception is GitException or ProblemException)
        {
            // The source is away; its last commit stays searchable.
            return null;
        }
    }

    [LoggerMessage(2004, LogLevel.Warning, "The default repository is not indexed: {Reason}")]
    private partial void LogDefaultRefused(string reason);

    [LoggerMessage(2005, LogLevel.Information, "Repository {Repository} has moved to {Commit}")]
    private partial void LogMoved(string repository, string commit);

    [LoggerMessage(2006, LogLevel.Warning, "The sources could not be looked at")]
    private partial void LogFailed(Exception exception);
}

using Nura.Tests.Agents;
using Nura.Tests.Api;
using Nura.Tests.Browser;
using Nura.Tests.Hosting;
using Nura.Tests.Hosting.Dashboard;
using Nura.Tests.Manifests;
using Nura.Tests.Models;
using Nura.Tests.Rag;
using Nura.Tests.ServiceDefaults;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer($"Nura.Tests.{nameof(Nura.Tests.LongestFirst)}", "Nura.Tests")]

namespace Nura.Tests;

/// <summary>Classes that take longest begin first, so that no core waits for one of them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_long =
    [
        typeof(ChatJourneyTests), typeof(KeyJourneyTests), typeof(EquivalenceTests), typeof(CrashTests), typeof(EmbeddingTests), typeof(UsageJourneyTests), typeof(GitPromotionTests), typeof(RepositoryTests),
        typeof(WholeSystem.AskingTests), typeof(BackupTests), typeof(AssistanceTests), typeof(AppHostProcessTests), typeof(UsageFileTests), typeof(OpenAiNodeTests),
        typeof(SteeringTests), typeof(BrowserJourneyTests), typeof(RunTests), typeof(Manifests.EnvironmentTests), typeof(LookupTests), typeof(PushTests), typeof(VisibilityTests), typeof(FetchTests),
        typeof(EvaluationTests), typeof(JobsChartTests), typeof(SystemTests.SystemTests), typeof(MigrationServiceTests),
    ];

    private static readonly string[] s_names = [.. s_long.Select(type => type.FullName!)];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(s_names, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : s_names.Length);
}

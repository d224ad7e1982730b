using System.Text.Json;
using Nura.Manifests.Output;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

public sealed class ArgoRbacTests
{
    private static readonly string s_policy = Path.Combine(EnvironmentRenderings.Folder, "argocd", "rbac", "policy.csv");

    // subject, resource, action, object, allowed
    private static readonly (string Subject, string Resource, string Action, string Object, bool Allowed)[] s_cases =
    [
        ("nura:developers", "applications", "get", "nura-prod/nura-prod", true),
        ("nura:developers", "logs", "get", "nura-prod/nura-prod", true),
        ("nura:developers", "applications", "sync", "nura-dev/nura-dev", true),
        ("nura:developers", "applications", "sync", "nura-staging/nura-staging", false),
        ("nura:developers", "applications", "sync", "nura-prod/nura-prod", false),
        ("nura:developers", "applications", "get", "platform/platform-karpenter", false),
        ("nura:developers", "applications", "delete", "nura-dev/nura-dev", false),
        ("nura:developers", "applications", "create", "nura-dev/other", false),
        ("nura:developers", "exec", "create", "nura-dev/nura-dev", false),
        ("nura:developers", "repositories", "get", "x", false),
        ("nura:devops", "applications", "sync", "nura-prod/nura-prod", true),
        ("nura:devops", "applications", "sync", "platform/platform-karpenter", true),
        ("nura:devops", "applications", "action/argoproj.io/Rollout/abort", "nura-prod/nura-prod", true),
        ("nura:devops", "applications", "override", "nura-prod/nura-prod", false),
        ("nura:devops", "applications", "rollback", "nura-prod/nura-prod", false),
        ("nura:devops", "applications", "delete", "nura-prod/nura-prod", false),
        ("nura:devops", "exec", "create", "nura-prod/nura-prod", false),
        ("nura:devops", "clusters", "delete", "x", false),
        ("nura:devops", "projects", "update", "nura-prod", false),
        ("nura:developers", "applications", "action/batch/CronJob/create-job", "nura-dev/nura-dev", false),
        ("nura:devops", "applications", "action/batch/CronJob/create-job", "nura-prod/nura-prod", false),
        ("nura:strangers", "applications", "get", "nura-dev/nura-dev", false),
        ("", "applications", "get", "nura-dev/nura-dev", false),
    ];

    [ManifestToolsFact]
    public async Task Policy_EveryRole_MayDoExactlyWhatIsMeant()
    {
        var requests = JsonSerializer.Serialize(s_cases.Select(entry => (string[])[entry.Subject, entry.Resource, entry.Action, entry.Object]));

        var decisions = JsonSerializer.Deserialize<bool[]>(await NodeAsync("rbac.mjs", [s_policy], requests))!;

        Assert.Equal(s_cases.Select(entry => $"{entry.Subject} {entry.Action} {entry.Object}: {entry.Allowed}"), s_cases.Zip(decisions, (entry, decision) => $"{entry.Subject} {entry.Action} {entry.Object}: {decision}"));
    }

    [Fact]
    public void Installation_Policy_IsTheTestedOne() =>
        Assert.Equal(
            File.ReadAllText(s_policy).Trim(),
            Text(At(YamlText.Read(File.ReadAllText(Path.Combine(EnvironmentRenderings.Folder, "argocd", "install", "values.yaml")), "values.yaml"), "configs.rbac") is IDictionary<string, object?> rbac
                ? new Dictionary<string, object?> { ["policy"] = rbac["policy.csv"] } : null, "policy").Trim());
}

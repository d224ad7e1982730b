using Nura.Manifests.Output;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

/// <summary>The alerts about the services' own metrics, as promtool sees them fire.</summary>
public sealed class ServiceAlertsTests(EnvironmentRenderings renderings) : IClassFixture<EnvironmentRenderings>
{
    private const string Of = "namespace=\"nura\"";

    [ManifestToolsFact("promtool")]
    public async Task Alerts_WaitingFailingAndRemoving_FireAsMeant()
    {
        using var scratch = new ScratchFolder();
        var rule = Assert.Single(renderings.Documents["production"], document => Text(document, "kind") == "PrometheusRule" && Text(document, "metadata.name") == "services");
        var spec = (IDictionary<string, object?>)At(rule, "spec")!;
        scratch.Write("rules.yaml", YamlText.Write(spec));
        // An entry a minute for two hours; asked after 90 minutes.
        var cases = new (string Name, string Series, string[] Firing)[]
        {
            ("nothing is told", "", []),
            ("nothing waits, every run is answered", Age("0x120") + Runs("completed", "0+10x120") + Citations("verified", "0+50x120") + Citations("removed", "0x120"), []),
            ("a run waits, but not for long", Age("0x80 0+60x10 0x30"), []),
            ("the oldest run has waited for 20 minutes", Age("0x69 0+60x50"), ["IndexingStandsStill"]),
            ("of two processes, one sees nothing wait", Age("0x69 0+60x50") + Age("0x120", "b"), ["IndexingStandsStill"]),
            ("another environment stands still", Age("0+60x120").Replace(Of, "namespace=\"other\"", StringComparison.Ordinal), []),
            ("every twentieth run fails", Runs("completed", "0+19x120") + Runs("failed", "0+1x120"), []),
            ("every tenth run fails", Runs("completed", "0+9x120") + Runs("failed", "0+1x120"), ["RunsFail"]),
            ("every tenth run fails, of two processes and with two errors", Runs("completed", "0+8x120") + Runs("completed", "0+10x120", "b") + Runs("failed", "0+1x120") + Runs("failed", "0+1x120", "b"), ["RunsFail"]),
            ("runs are stopped by their users", Runs("completed", "0+1x120") + Runs("stopped", "0+9x120"), []),
            ("every run has failed for eight minutes", Runs("completed", "0+10x81 810x40") + Runs("failed", "0x81 10+10x40"), []),
            ("one of two runs failed ten minutes ago", Runs("completed", "0x74 1x40") + Runs("failed", "0x79 1x40"), []),
            ("a quarter of citations is removed", Citations("verified", "0+3x120") + Citations("removed", "0+1x120"), ["CitationsLeadNowhere"]),
            ("a fifth of citations is removed", Citations("verified", "0+4x120") + Citations("removed", "0+1x120"), []),
            ("half of the citations have been removed for 25 minutes", Citations("verified", "0+1x120") + Citations("removed", "0x64 1+1x55"), []),
        };
        var alerts = List(List(spec, "groups")[0], "rules").ToDictionary(entry => Text(entry, "alert"), StringComparer.Ordinal);
        var tests = string.Concat(cases.Select(entry => $"  - name: {entry.Name}\n    interval: 1m\n    input_series:{(entry.Series.Length > 0 ? $"\n{entry.Series}" : " []\n")}    alert_rule_test:\n"
            + string.Concat(alerts.Select(alert => $"      - alertname: {alert.Key}\n        eval_time: 90m\n        exp_alerts:{(entry.Firing.Contains(alert.Key) ? Expected(alert.Value) : " []\n")}"))));
        var file = scratch.Write("tests.yaml", $"rule_files: [rules.yaml]\nevaluation_interval: 1m\ntests:\n{tests}");

        await RequireAsync("promtool", ["check", "rules", "--lint=all", "--lint-fatal", scratch["rules.yaml"]]);
        await RequireAsync("promtool", ["test", "rules", file]);
        Assert.Equal(["CitationsLeadNowhere", "IndexingStandsStill", "RunsFail"], alerts.Keys.Order(StringComparer.Ordinal));
        Assert.All(alerts.Values, alert => Assert.True(File.Exists(Path.Combine(House.SourceTree.Root, "docs", "runbooks", Path.GetFileName(new Uri(Text(alert, "annotations.runbook_url")).AbsolutePath)))));

        static string Expected(object? alert) =>
            $"\n          - exp_labels: {{ severity: {Text(alert, "labels.severity")}, namespace: nura }}\n            exp_annotations: {{ summary: \"{Text(alert, "annotations.summary")}\", "
            + $"description: \"{Text(alert, "annotations.description")}\", runbook_url: \"{Text(alert, "annotations.runbook_url")}\" }}\n";

        static string Age(string values, string pod = "a") => Series($"nura_rag_index_queue_age_seconds{{{Of},pod=\"{pod}\"}}", values);

        static string Runs(string outcome, string values, string pod = "a") =>
            Series($"nura_agents_runs_total{{{Of},pod=\"{pod}\",outcome=\"{outcome}\"{(outcome == "failed" ? $",error_type=\"{(pod == "a" ? 502 : 504)}\"" : "")}}}", values);

        static string Citations(string outcome, string values) => Series($"nura_agents_citations_total{{{Of},pod=\"a\",outcome=\"{outcome}\"}}", values);

        static string Series(string name, string values) => $"      - series: '{name}'\n        values: '{values}'\n";
    }
}

using System.Globalization;
using Nura.Manifests.Cli;
using Nura.Manifests.Output;
using static Nura.Tests.Manifests.ManifestTools;

namespace Nura.Tests.Manifests;

public sealed class JobsChartTests(EnvironmentRenderings renderings) : IClassFixture<EnvironmentRenderings>
{
    private const string Namespace = "nura";

    public static TheoryData<string> Environments => new(EnvironmentRenderings.Environments);

    [ManifestToolsTheory]
    [MemberData(nameof(Environments))]
    public void Jobs_EveryEnvironment_RunRestrictedAndOneAtATime(string environment)
    {
        var jobs = renderings.Documents[environment].Where(document => Text(document, "kind") == "CronJob").ToList();

        Assert.Equal(["pg-backup", "pg-restore-drill"], jobs.Select(job => Text(job, "metadata.name")).Order(StringComparer.Ordinal));
        Assert.All(jobs, job =>
        {
            var pod = At(job, "spec.jobTemplate.spec.template.spec");
            var container = Assert.Single(List(pod, "containers"));
            Assert.Equal("Forbid", Text(job, "spec.concurrencyPolicy"));
            // The standby follows another database: it has nothing to back up until it is promoted.
            Assert.Equal(environment == "production-dr", (bool)At(job, "spec.suspend")!);
            Assert.Equal("True", Text(pod, "securityContext.runAsNonRoot"));
            Assert.Equal("RuntimeDefault", Text(pod, "securityContext.seccompProfile.type"));
            Assert.Equal("False", Text(pod, "automountServiceAccountToken"));
            Assert.Equal("True", Text(container, "securityContext.readOnlyRootFilesystem"));
            Assert.Equal("False", Text(container, "securityContext.allowPrivilegeEscalation"));
            Assert.Equal(["ALL"], List(container, "securityContext.capabilities.drop"));
            Assert.Equal("FallbackToLogsOnError", Text(container, "terminationMessagePolicy"));
            // The script of that name is in the image.
            Assert.True(File.Exists(Path.Combine(EnvironmentRenderings.Jobs, "image", (string)List(container, "command")[0]!)));
        });
    }

    [ManifestToolsFact]
    public void Secrets_EachJob_SeesOnlyItsOwn()
    {
        Assert.Equal(["BACKUP_RECIPIENT=pg-backup/backup-recipient", "PGPASSWORD=pg-backup/postgres-password"], Secrets("pg-backup"));
        Assert.Equal(["BACKUP_IDENTITY=pg-restore-drill/backup-identity"], Secrets("pg-restore-drill"));
        Assert.Equal(["nura-example/backup-identity"], List(Find("pg-restore-drill", "ExternalSecret"), "spec.data").Select(entry => Text(entry, "remoteRef.key")));

        IEnumerable<string> Secrets(string name) => List(Container(name), "env").Where(entry => At(entry, "valueFrom") is not null)
            .Select(entry => $"{Text(entry, "name")}={Text(entry, "valueFrom.secretKeyRef.name")}/{Text(entry, "valueFrom.secretKeyRef.key")}").Order(StringComparer.Ordinal);
    }

    [ManifestToolsFact]
    public async Task ReleaseFile_WithDigest_PinsTheImageOfBothJobs()
    {
        using var scratch = new ScratchFolder();
        var digest = "sha256:" + new string('b', 64);
        var release = Nura.Manifests.Promotion.Release.Create(new string('0', 40), new Dictionary<string, string> { ["api"] = digest, ["jobs"] = digest });

        var rendered = Documents(await RequireAsync(
            Helm, ["template", "jobs", EnvironmentRenderings.Jobs, .. EnvironmentRenderings.JobsValueFiles("production"), "--values", scratch.Write("release.yaml", release.ToYaml())]));

        var images = rendered.SelectMany(document => List(document, "spec.jobTemplate.spec.template.spec.containers")).Select(container => Text(container, "image")).ToList();
        Assert.Equal(["123456789012.dkr.ecr.us-east-1.amazonaws.com/nura-jobs@" + digest], images.Distinct());
        Assert.Equal(2, images.Count);
    }

    [ManifestToolsTheory]
    [InlineData("backup.schedule=nightly", "schedule")]
    [InlineData("drill.maxAge=3", "maxAge")]
    [InlineData("database.host=", "host")]
    [InlineData("images.jobs=latest", "sha256")]
    public async Task Schema_WrongValue_FailsTheInstallation(string assignment, string hint)
    {
        var (code, output, error) = await ToolProcess.ExecuteAsync(
            Helm, ["template", "jobs", EnvironmentRenderings.Jobs, .. EnvironmentRenderings.JobsValueFiles("dev"), "--set", assignment], null, null, null, null, CancellationToken.None);

        Assert.NotEqual(0, code);
        Assert.Contains(hint, output + error, StringComparison.Ordinal);
    }

    [ManifestToolsFact("promtool")]
    public async Task Alerts_FailureSilenceAndSuspension_FireAsMeant()
    {
        using var scratch = new ScratchFolder();
        var spec = (IDictionary<string, object?>)At(Find("backups", "PrometheusRule"), "spec")!;
        scratch.Write("rules.yaml", YamlText.Write(spec));
        // Hours after the job was made. It succeeded at hour 1; what happens later is each case's own.
        var cases = new (string Name, string Series, int AtHour, string[] Firing)[]
        {
            ("all is well", Succeeded("pg-backup", 24) + Succeeded("pg-restore-drill", 24), 40, []),
            ("the backup failed after its last success", Succeeded("pg-backup", 24) + Succeeded("pg-restore-drill", 24) + Failed("pg-backup", 30), 40, ["DatabaseBackupFailed"]),
            ("a later success makes up for a failure", Succeeded("pg-backup", 35) + Succeeded("pg-restore-drill", 24) + Failed("pg-backup", 30), 40, []),
            ("no backup for a day and more", Succeeded("pg-backup", 1) + Succeeded("pg-restore-drill", 24), 40, ["DatabaseBackupMissing"]),
            ("never a backup", Made("pg-backup") + Succeeded("pg-restore-drill", 24), 40, ["DatabaseBackupMissing"]),
            ("a standby is silent", Succeeded("pg-backup", 1) + Suspended("pg-backup") + Succeeded("pg-restore-drill", 1) + Suspended("pg-restore-drill"), 400, []),
            ("no drill for more than a week", Succeeded("pg-backup", 399) + Succeeded("pg-restore-drill", 1), 400, ["RestoreDrillMissing"]),
            ("the drill failed", Succeeded("pg-backup", 24) + Succeeded("pg-restore-drill", 24) + Failed("pg-restore-drill", 30), 40, ["RestoreDrillFailed"]),
        };
        var alerts = List(List(spec, "groups")[0], "rules").Select(rule => Text(rule, "alert")).ToList();
        var tests = string.Concat(cases.Select(entry => $"  - name: {entry.Name}\n    interval: 10m\n    input_series:\n{entry.Series}    alert_rule_test:\n"
            + string.Concat(alerts.Select(alert => $"      - alertname: {alert}\n        eval_time: {entry.AtHour}h\n        exp_alerts:{(entry.Firing.Contains(alert) ? Expected(alert) : " []\n")}"))));
        var file = scratch.Write("tests.yaml", $"rule_files: [rules.yaml]\nevaluation_interval: 10m\ntests:\n{tests}");

        await RequireAsync("promtool", ["check", "rules", "--lint=all", "--lint-fatal", scratch["rules.yaml"]]);
        await RequireAsync("promtool", ["test", "rules", file]);

        string Expected(string alert)
        {
            var rule = List(List(spec, "groups")[0], "rules").Single(rule => Text(rule, "alert") == alert);
            var by = alert.EndsWith("Failed", StringComparison.Ordinal) ? $"namespace: {Namespace}" : $"cronjob: {(alert.StartsWith("Restore", StringComparison.Ordinal) ? "pg-restore-drill" : "pg-backup")}";
            return $"\n          - exp_labels: {{ severity: {Text(rule, "labels.severity")}, {by} }}\n            exp_annotations: {{ summary: \"{Text(rule, "annotations.summary")}\", "
                + $"description: \"{Text(rule, "annotations.description")}\", runbook_url: \"{Text(rule, "annotations.runbook_url")}\" }}\n";
        }

        static string Made(string job) => Series($"kube_cronjob_created{{namespace=\"{Namespace}\",cronjob=\"{job}\"}}", "0x2400");

        // Values are seconds since the beginning of the test, whose own time begins at 0.
        static string Succeeded(string job, int hour) => Made(job)
            + Series($"kube_cronjob_status_last_successful_time{{namespace=\"{Namespace}\",cronjob=\"{job}\"}}", $"{hour * 3600}x2400");

        static string Failed(string job, int hour) =>
            Series($"kube_job_failed{{namespace=\"{Namespace}\",job_name=\"{job}-29384\",condition=\"true\"}}", "1x2400")
            + Series($"kube_job_status_start_time{{namespace=\"{Namespace}\",job_name=\"{job}-29384\"}}", $"{hour * 3600}x2400");

        static string Suspended(string job) => Series($"kube_cronjob_spec_suspend{{namespace=\"{Namespace}\",cronjob=\"{job}\"}}", "1x2400");

        static string Series(string name, string values) => string.Create(CultureInfo.InvariantCulture, $"      - series: '{name}'\n        values: '{values}'\n");
    }

    [Fact]
    public void Alerts_Runbook_Exists() => Assert.True(File.Exists(Path.Combine(House.SourceTree.Root, "docs", "runbooks", "backups.md")));

    private object? Container(string name) => Assert.Single(List(Find(name, "CronJob"), "spec.jobTemplate.spec.template.spec.containers"));

    private OrderedDictionary<string, object?> Find(string name, string kind) =>
        Assert.Single(renderings.Documents["production"], document => Text(document, "metadata.name") == name && Text(document, "kind") == kind);
}

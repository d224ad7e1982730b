using System.Reflection;
using Nura.Tests.Databases;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework($"Nura.Tests.{nameof(Nura.Tests.TestRun)}", "Nura.Tests")]

namespace Nura.Tests;

/// <summary>Gives a run one folder for everything temporary, also of the processes it starts, and removes it at the end with the server that all tests share.</summary>
/// <remarks>At the end of the run and not of the process: the runner kills that after a tenth of a second.</remarks>
public sealed class TestRun(IMessageSink messageSink) : XunitTestFramework(messageSink)
{
    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) => new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider source, IMessageSink diagnostics) : XunitTestFrameworkExecutor(assembly, source, diagnostics)
    {
        // The end of the run is told by a message, not by a task.
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            using var runner = new Runner(TestAssembly, testCases, DiagnosticMessageSink, executionMessageSink, executionOptions);
            await runner.RunAsync();
        }
    }

    private sealed class Runner(ITestAssembly assembly, IEnumerable<IXunitTestCase> cases, IMessageSink diagnostics, IMessageSink messages, ITestFrameworkExecutionOptions options)
        : XunitTestAssemblyRunner(assembly, cases, diagnostics, messages, options)
    {
        private DirectoryInfo? _folder;

        protected override async Task AfterTestAssemblyStartingAsync()
        {
            await base.AfterTestAssemblyStartingAsync();
            _folder = Directory.CreateTempSubdirectory("nura-tests-");
            if (!OperatingSystem.IsWindows())
            {
                // PostgreSQL may run as another user, who has to get through.
                _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            }

            foreach (var name in (string[])["TMPDIR", "TMP", "TEMP"])
            {
                Environment.SetEnvironmentVariable(name, _folder.FullName);
            }
        }

        protected override async Task BeforeTestAssemblyFinishedAsync()
        {
            try
            {
                await NativeTestServer.StopAsync();
                _folder?.Delete(recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody still writes there. What all tests found counts more than what they leave.
                DiagnosticMessageSink.OnMessage(new DiagnosticMessage($"{_folder} could not be removed: {exception.Message}"));
            }

            await base.BeforeTestAssemblyFinishedAsync();
        }
    }
}

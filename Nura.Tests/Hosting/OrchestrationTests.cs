using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Nura.Hosting;

namespace Nura.Tests.Hosting;

/// <summary>What happens to real processes: shell commands stand for services.</summary>
public sealed class OrchestrationTests
{
    [Fact(Timeout = 180_000)]
    public async Task Process_Ends_IsFinishedWithItsExitCodeAndLog()
    {
        await using var test = new TestApplication();
        var job = test.AddShell("job", "echo to out; echo to err >&2; exit 7");
        await test.StartAsync();

        var ended = await test.WaitForStateAsync(job, KnownResourceStates.Finished);

        Assert.Equal(7, ended.ExitCode);
        var log = await test.LogAsync(job);
        Assert.Contains("to out", log);
        Assert.Contains("to err", log);
    }

    [Fact(Timeout = 180_000)]
    public async Task Process_CannotStart_FailsAloneAndSaysWhy()
    {
        await using var test = new TestApplication();
        var broken = test.Builder.AddExecutable("broken", "no-such-program", test.Folder);
        var fine = test.AddShell("fine", "sleep 1000");
        var dependent = test.AddShell("dependent", "true").WaitFor(broken);
        await test.StartAsync();

        await test.WaitForStateAsync(broken, KnownResourceStates.FailedToStart);
        await test.WaitForStateAsync(dependent, KnownResourceStates.FailedToStart);
        await test.WaitForStateAsync(fine, KnownResourceStates.Running);

        Assert.Contains(await test.LogAsync(broken), line => line.Contains("'no-such-program' could not be started", StringComparison.Ordinal));
        Assert.Contains(await test.LogAsync(dependent), line => line.Contains("Dependency resource 'broken' failed to start.", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task WaitFor_UnhealthyDependencyAndReadyHandler_HoldTheStart()
    {
        await using var test = new TestApplication();
        var healthy = false;
        var handler = new TaskCompletionSource();
        test.Builder.Services.AddHealthChecks().AddCheck("switch", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
        var dependency = test.AddShell("dependency", "sleep 1000").WithHealthCheck("switch").OnResourceReady((_, _, _) => handler.Task);
        var waiter = test.AddShell("waiter", "sleep 1000").WaitFor(dependency);
        await test.StartAsync();

        await test.WaitForAsync(dependency, s => s.HealthReports.Any(r => r.Description == "not yet"));
        await test.WaitForStateAsync(waiter, KnownResourceStates.Waiting);
        healthy = true;
        await test.WaitForAsync(dependency, s => s.HealthStatus == HealthStatus.Healthy);
        Assert.True(test.App.ResourceNotifications.TryGetCurrentState(waiter.Resource.InstanceId, out var held));
        Assert.Equal(KnownResourceStates.Waiting, held.Snapshot.State!.Text);
        handler.SetResult();

        await test.WaitForStateAsync(waiter, KnownResourceStates.Running);
    }

    [Fact(Timeout = 180_000)]
    public async Task WaitForCompletion_WrongExitCode_FailsTheWaiter()
    {
        await using var test = new TestApplication();
        var job = test.AddShell("job", "exit 3");
        var waiter = test.AddShell("waiter", "true").WaitForCompletion(job);
        var expecting = test.AddShell("expecting", "true").WaitForCompletion(job, exitCode: 3);
        await test.StartAsync();

        await test.WaitForStateAsync(waiter, KnownResourceStates.FailedToStart);
        Assert.Equal(0, (await test.WaitForStateAsync(expecting, KnownResourceStates.Finished)).ExitCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Restart_RunningProcess_KeepsItsAddressAndAsksForItsEnvironmentAgain()
    {
        await using var test = new TestApplication();
        var starts = 0;
        var service = test.AddShell("service", "echo start $START on $PORT; sleep 1000")
            .WithHttpEndpoint(env: "PORT")
            .WithEnvironment(context => context.EnvironmentVariables["START"] = $"{++starts}");
        await test.StartAsync();
        var first = await test.WaitForStateAsync(service, KnownResourceStates.Running);
        var url = service.GetEndpoint("http").Url;

        var result = await test.App.ResourceCommands.ExecuteCommandAsync("service", KnownResourceCommands.RestartCommand);
        var second = await test.WaitForAsync(service, s => s.State?.Text == KnownResourceStates.Running && s.StartTimeStamp > first.StartTimeStamp);

        Assert.True(result.Success, result.ErrorMessage);
        Assert.Equal(2, starts);
        Assert.Equal(url, service.GetEndpoint("http").Url);
        Assert.NotEqual(Pid(first), Pid(second));
    }

    [Fact(Timeout = 180_000)]
    public async Task Endpoint_PublicAndTargetPort_DifferAndTheProxyForwards()
    {
        await using var test = new TestApplication();
        var service = test.AddShell("service", "sleep 1000").WithHttpEndpoint(env: "PORT");
        await test.StartAsync();
        await test.WaitForStateAsync(service, KnownResourceStates.Running);
        var endpoint = service.GetEndpoint("http");
        var target = int.Parse((await endpoint.Property(EndpointProperty.TargetPort).GetValueAsync(default))!, global::System.Globalization.CultureInfo.InvariantCulture);
        using var behind = new TcpListener(IPAddress.Loopback, target);
        behind.Start();

        using var client = new TcpClient();
        await client.ConnectAsync("localhost", endpoint.Port);
        using var accepted = await behind.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await stream.WriteAsync("ping"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(accepted.GetStream());
        var received = await reader.ReadToEndAsync();
        await accepted.GetStream().WriteAsync("pong"u8.ToArray());
        accepted.Close();
        using var answer = new StreamReader(stream);

        Assert.NotEqual(endpoint.Port, target);
        Assert.Equal("ping", received);
        Assert.Equal("pong", await answer.ReadToEndAsync());
    }

    [Fact(Timeout = 180_000)]
    public async Task Endpoint_PortInUse_FailsTheResourceAndNamesPortHolderAndKey()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var test = new TestApplication($"--Nura:Ports:service={port}");
        var service = test.AddShell("service", "sleep 1000").WithHttpEndpoint();
        await test.StartAsync();

        await test.WaitForStateAsync(service, KnownResourceStates.FailedToStart);

        var message = string.Join('\n', await test.LogAsync(service));
        Assert.Contains($"Port {port} ", message, StringComparison.Ordinal);
        Assert.Contains("'Nura:Ports:service'", message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"process {Environment.ProcessId}", message, StringComparison.Ordinal);
        }

        holder.Stop();
        await test.App.ResourceCommands.ExecuteCommandAsync("service", KnownResourceCommands.StartCommand);
        await test.WaitForStateAsync(service, KnownResourceStates.Running);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_WaitingResource_IsForcedThroughTheWait()
    {
        await using var test = new TestApplication();
        var never = test.AddShell("never", "true").WithExplicitStart();
        var waiter = test.AddShell("waiter", "sleep 1000").WaitFor(never);
        await test.StartAsync();
        await test.WaitForStateAsync(waiter, KnownResourceStates.Waiting);

        await test.App.ResourceCommands.ExecuteCommandAsync("waiter", KnownResourceCommands.StartCommand);

        await test.WaitForStateAsync(waiter, KnownResourceStates.Running);
    }

    [Fact(Timeout = 180_000)]
    public async Task Start_ProcessThatHasJustEnded_StartsItAgain()
    {
        await using var test = new TestApplication();
        var tidied = new TaskCompletionSource();
        var job = test.AddShell("job", "true");
        test.Builder.Eventing.Subscribe<ResourceStoppedEvent>(job.Resource, (_, _) => tidied.Task);
        await test.StartAsync();
        var first = await test.WaitForStateAsync(job, KnownResourceStates.Finished);

        var start = test.App.ResourceCommands.ExecuteCommandAsync("job", KnownResourceCommands.StartCommand);
        tidied.SetResult();

        Assert.True((await start).Success);
        await test.WaitForAsync(job, s => s.State?.Text == KnownResourceStates.Finished && s.StartTimeStamp > first.StartTimeStamp);
    }

    [Fact(Timeout = 180_000)]
    public async Task Subscriber_Throws_MarksOnlyThatResource()
    {
        await using var test = new TestApplication();
        var broken = test.AddShell("broken", "true");
        var fine = test.AddShell("fine", "sleep 1000");
        test.Builder.Eventing.Subscribe<BeforeResourceStartedEvent>(broken.Resource, (_, _) => throw new InvalidOperationException("subscriber's own"));
        await test.StartAsync();

        await test.WaitForStateAsync(broken, KnownResourceStates.FailedToStart);
        await test.WaitForStateAsync(fine, KnownResourceStates.Running);
    }

    [Fact(Timeout = 180_000)]
    public async Task Stop_ProcessThatIgnoresSignals_IsKilledWithItsChildren()
    {
        await using var test = new TestApplication();
        var stubborn = test.AddShell("stubborn", "trap '' TERM; sleep 1000 & echo child $!; while true; do sleep 1; done");
        await test.StartAsync();
        await test.WaitForStateAsync(stubborn, KnownResourceStates.Running);
        var child = 0;
        await foreach (var batch in test.App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(stubborn.Resource))
        {
            if (batch.FirstOrDefault(l => l.Content.StartsWith("child ", StringComparison.Ordinal)).Content is { } line)
            {
                child = int.Parse(line[6..], global::System.Globalization.CultureInfo.InvariantCulture);
                break;
            }
        }

        await test.App.ResourceCommands.ExecuteCommandAsync("stubborn", KnownResourceCommands.StopCommand);

        await test.WaitForStateAsync(stubborn, KnownResourceStates.Finished);
        await Leftovers.WaitUntilGoneAsync([child]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Commands_UnknownResourceOrCommand_FailWithAMessage()
    {
        await using var test = new TestApplication();
        test.AddShell("job", "true");
        await test.StartAsync();

        Assert.Contains("no resource 'other'", (await test.App.ResourceCommands.ExecuteCommandAsync("other", "x")).ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("no command 'x'", (await test.App.ResourceCommands.ExecuteCommandAsync("job", "x")).ErrorMessage, StringComparison.Ordinal);
    }

    private static string? Pid(CustomResourceSnapshot snapshot) => snapshot.Properties.Single(p => p.Name == "executable.pid").Value?.ToString();
}

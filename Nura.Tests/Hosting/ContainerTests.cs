using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Nura.Hosting;

namespace Nura.Tests.Hosting;

/// <summary>Containers of an engine that is a script: it knows names, and that one is taken until its container is removed.</summary>
public sealed class ContainerTests
{
    private const string Engine = """
        #!/bin/sh
        cd "$(dirname "$0")" || exit 1
        echo "$*" >> calls
        case $1 in
          run)
            while [ "$1" != --name ]; do shift; done
            mkfifo "$2" || exit 125
            echo up
            read -r _ < "$2" ;;
          stop) : > "$4" ;;
          rm) rm -f "$3" ;;
        esac
        exit 0
        """;

    [LinuxFact(Timeout = 180_000)]
    public async Task Container_Restarted_IsStoppedAndRemovedByTheEngineFirst()
    {
        await using var test = new TestApplication();
        var engine = Path.Combine(test.Folder, "engine");
        await File.WriteAllTextAsync(engine, Engine);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(engine, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        test.Builder.Services.AddSingleton(new ContainerEngine(engine));
        var box = test.Builder.AddContainer("box", "some/image", "1");
        await test.StartAsync();
        await UpAsync(test, box, times: 1);

        await test.App.ResourceCommands.ExecuteCommandAsync("box", KnownResourceCommands.RestartCommand);
        await UpAsync(test, box, times: 2);
        await test.App.ResourceCommands.ExecuteCommandAsync("box", KnownResourceCommands.StopCommand);

        var ended = await test.WaitForStateAsync(box, KnownResourceStates.Exited);
        Assert.Equal(0, ended.ExitCode);
        var name = box.Resource.InstanceId;
        string[] once = [$"run --rm --init --name {name} some/image:1", $"stop -t 5 {name}", $"rm -f {name}"];
        var calls = await File.ReadAllLinesAsync(Path.Combine(test.Folder, "calls"));
        Assert.Equal(["info", .. once, .. once], calls);
    }

    private static async Task UpAsync(TestApplication test, IResourceBuilder<ContainerResource> box, int times)
    {
        var seen = 0;
        await foreach (var batch in test.App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(box.Resource))
        {
            seen += batch.Count(line => line.Content == "up");
            if (seen == times)
            {
                return;
            }
        }
    }
}

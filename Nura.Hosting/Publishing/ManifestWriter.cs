using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Nura.Hosting;

/// <summary>Writes the Aspire manifest (schema aspire-8.0.json): resources in the order of their addition, then what they refer to.</summary>
/// <param name="context">Where it is written.</param>
/// <param name="compatible">Leaves out what <c>aspirate</c> 9.1 refuses: percent-encoded values, and the variables that hold one.</param>
internal sealed class ManifestWriter(ManifestPublishingContext context, bool compatible)
{
    private readonly ManifestReferences _references = new();
    private readonly ManifestBindings _bindings = new(context.Writer);

    private Utf8JsonWriter Json => context.Writer;

    public async Task WriteAsync(DistributedApplicationModel model)
    {
        Json.WriteStartObject();
        Json.WriteStartObject("resources");
        foreach (var resource in model.Resources)
        {
            await WriteAsync(resource);
        }

        // Generated passwords are no resources of the model, but a deployment has to make them; a value that is needed
        // percent-encoded stands beside the plain one, for a manifest has no functions.
        var known = model.Resources.ToHashSet();
        foreach (var parameter in _references.Parameters.Where(parameter => !known.Contains(parameter)))
        {
            await WriteAsync(parameter);
            WriteEncoded(parameter);
        }

        foreach (var parameter in _references.Parameters.Where(known.Contains))
        {
            WriteEncoded(parameter);
        }

        Json.WriteEndObject();
        Json.WriteEndObject();
    }

    private async Task WriteAsync(IResource resource)
    {
        if (resource.Annotations.OfType<ManifestPublishingCallbackAnnotation>().LastOrDefault() is { } custom)
        {
            if (custom.Callback is { } callback)
            {
                Json.WriteStartObject(resource.Name);
                await callback(context);
                Json.WriteEndObject();
            }

            return;
        }

        // What has none of these shapes exists only while the application runs on this machine.
        Func<Task>? content = resource switch
        {
            ProjectResource project => () => WriteProjectAsync(project),
            ContainerResource container => () => WriteContainerAsync(container),
            ExecutableResource executable => () => WriteExecutableAsync(executable),
            ParameterResource parameter => () => WriteParameter(parameter),
            IResourceWithConnectionString value => () => WriteValue(value),
            _ => null,
        };
        if (content is not null)
        {
            Json.WriteStartObject(resource.Name);
            await content();
            Json.WriteEndObject();
        }
    }

    private async Task WriteProjectAsync(ProjectResource project)
    {
        Json.WriteString("type", "project.v0");
        Json.WriteString("path", RelativePath(project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
        await WriteArgumentsAsync(project);
        await WriteEnvironmentAsync(project);
        _bindings.Write(project);
    }

    private async Task WriteContainerAsync(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()
            ?? throw new DistributedApplicationException($"Container '{container.Name}' has no image.");
        Json.WriteString("type", "container.v0");
        WriteConnectionString(container as IResourceWithConnectionString);
        Json.WriteString("image", $"{(image.Registry is null ? "" : image.Registry + "/")}{image.Image}{(image.Tag is null ? "" : ":" + image.Tag)}");
        if (container.Entrypoint is { } entrypoint)
        {
            Json.WriteString("entrypoint", entrypoint);
        }

        await WriteArgumentsAsync(container);
        WriteMounts(container, ContainerMountType.BindMount);
        WriteMounts(container, ContainerMountType.Volume);
        await WriteEnvironmentAsync(container);
        _bindings.Write(container);
    }

    private async Task WriteExecutableAsync(ExecutableResource executable)
    {
        Json.WriteString("type", "executable.v0");
        Json.WriteString("workingDirectory", RelativePath(executable.WorkingDirectory));
        Json.WriteString("command", executable.Command);
        await WriteArgumentsAsync(executable);
        await WriteEnvironmentAsync(executable);
        _bindings.Write(executable);
    }

    private Task WriteParameter(ParameterResource parameter)
    {
        Json.WriteString("type", "parameter.v0");
        Json.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        Json.WriteStartObject("inputs");
        Json.WriteStartObject("value");
        Json.WriteString("type", "string");
        if (parameter.Secret)
        {
            Json.WriteBoolean("secret", true);
        }

        if (parameter.Default is { } fallback)
        {
            Json.WriteStartObject("default");
            fallback.WriteToManifest(context);
            Json.WriteEndObject();
        }

        Json.WriteEndObject();
        Json.WriteEndObject();
        return Task.CompletedTask;
    }

    private Task WriteValue(IResourceWithConnectionString resource)
    {
        Json.WriteString("type", "value.v0");
        WriteConnectionString(resource);
        return Task.CompletedTask;
    }

    private void WriteEncoded(ParameterResource parameter)
    {
        if (_references.IsEncoded(parameter))
        {
            Json.WriteStartObject($"{parameter.Name}-uri-encoded");
            Json.WriteString("type", "annotated.string");
            Json.WriteString("value", parameter.ValueExpression);
            Json.WriteString("filter", "uri");
            Json.WriteEndObject();
        }
    }

    private void WriteConnectionString(IResourceWithConnectionString? resource)
    {
        if (resource is not null)
        {
            Json.WriteString("connectionString", _references.Expression(resource.ConnectionStringExpression));
        }
    }

    private async Task WriteArgumentsAsync(IResource resource)
    {
        var arguments = new CommandLineArgsCallbackContext([], resource, context.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
        {
            await annotation.Callback(arguments);
        }

        if (arguments.Args.Count > 0)
        {
            Json.WriteStartArray("args");
            foreach (var argument in arguments.Args)
            {
                Json.WriteStringValue(_references.Expression(argument));
            }

            Json.WriteEndArray();
        }
    }

    private async Task WriteEnvironmentAsync(IResource resource)
    {
        var environment = new EnvironmentCallbackContext(context.ExecutionContext, resource, cancellationToken: context.CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(environment);
        }

        if (environment.EnvironmentVariables.Count > 0)
        {
            Json.WriteStartObject("env");
            foreach (var (name, value) in environment.EnvironmentVariables.Where(variable => !compatible || !ManifestReferences.NeedsEncoding(variable.Value)))
            {
                Json.WriteString(name, _references.Expression(value));
            }

            Json.WriteEndObject();
        }
    }

    private void WriteMounts(ContainerResource container, ContainerMountType type)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().Where(mount => mount.Type == type).ToList();
        if (mounts.Count == 0)
        {
            return;
        }

        Json.WriteStartArray(type == ContainerMountType.Volume ? "volumes" : "bindMounts");
        foreach (var mount in mounts)
        {
            Json.WriteStartObject();
            if (type == ContainerMountType.BindMount)
            {
                Json.WriteString("source", RelativePath(mount.Source ?? ""));
            }
            else if (mount.Source is { } volume)
            {
                Json.WriteString("name", volume);
            }

            Json.WriteString("target", mount.Target);
            Json.WriteBoolean("readOnly", mount.IsReadOnly);
            Json.WriteEndObject();
        }

        Json.WriteEndArray();
    }

    private string RelativePath(string path) =>
        Path.GetRelativePath(Path.GetDirectoryName(context.ManifestPath)!, path).Replace('\\', '/');
}

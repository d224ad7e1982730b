using System.Reflection;
using System.Runtime.Loader;

namespace Nura.Agents.Kernel;

/// <summary>Finds agents and tools in assemblies: <c>{folder}/{name}/{name}.dll</c>, each with its own dependencies beside it.</summary>
internal static class PluginLoader
{
    /// <summary>The plugin types of a folder; none if there is no such folder.</summary>
    /// <exception cref="PluginException">An assembly cannot be loaded or holds no plugin.</exception>
    public static IReadOnlyList<Type> Find(string folder) =>
        !Directory.Exists(folder) ? [] : [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).SelectMany(Load)];

    private static List<Type> Load(string folder)
    {
        var path = Path.Combine(folder, Path.GetFileName(folder) + ".dll");
        if (!File.Exists(path))
        {
            throw new PluginException($"The plugin folder {folder} has no {Path.GetFileName(path)}. Name the assembly like its folder, or remove the folder.");
        }

        try
        {
            var types = new Context(path).LoadFromAssemblyPath(Path.GetFullPath(path)).GetExportedTypes();
            var plugins = types.Where(type => type is { IsClass: true, IsAbstract: false } && (type.IsAssignableTo(typeof(IAgent)) || type.IsAssignableTo(typeof(ITool)))).ToList();
            return plugins.Count > 0
                ? plugins
                : throw new PluginException($"{path} has no public class that implements {nameof(IAgent)} or {nameof(ITool)}. Was it built against another version of Nura.Agents?");
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new PluginException($"{path} cannot be loaded: {exception.Message} Build it against this version of Nura.Agents with its dependencies beside it, or remove the folder.", exception);
        }
    }

    // What the service has loaded is shared, so that a plugin's IAgent is our IAgent; the rest comes from the plugin's own folder.
    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(Path.GetFullPath(path));

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (FileNotFoundException)
            {
                return _resolver.ResolveAssemblyToPath(assemblyName) is { } own ? LoadFromAssemblyPath(own) : null;
            }
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } own ? LoadUnmanagedDllFromPath(own) : 0;
    }
}

using System.Reflection;

namespace Nura.Hosting;

/// <summary>The AppHost project: its folder, and its assembly with what the build wrote into it.</summary>
internal sealed record AppHostInfo(string Directory, Assembly? Assembly);

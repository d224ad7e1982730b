using System.Collections.Frozen;
using System.Globalization;

namespace Nura.Rag.Files;

/// <summary>Leaves files out by their entry in the tree, before anything of them is read.</summary>
internal static class PathRules
{
    private static readonly FrozenSet<string> s_vendored = Set("node_modules bower_components jspm_packages vendor vendored third_party third-party thirdparty .yarn Pods Carthage site-packages");

    private static readonly FrozenSet<string> s_locks = Set(
        """
        package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock Cargo.lock poetry.lock uv.lock pdm.lock Pipfile.lock
        Gemfile.lock composer.lock go.sum packages.lock.json project.assets.json paket.lock mix.lock pubspec.lock Podfile.lock gradle.lockfile
        flake.lock .terraform.lock.hcl Chart.lock
        """);

    private static readonly FrozenSet<string> s_binary = Set(
        """
        png jpg jpeg gif bmp ico icns webp avif tif tiff psd ai eps pdf doc docx xls xlsx ppt pptx odt ods odp zip gz tgz bz2 xz zst 7z rar tar jar war ear
        nupkg snupkg whl egg deb rpm dll exe so dylib a lib o obj pdb class pyc pyo wasm bin dat db sqlite sqlite3 mdb mp3 mp4 m4a wav ogg flac avi mov mkv webm
        ttf otf woff woff2 eot snk pfx p12 keystore jks node parquet npy npz onnx pt gguf safetensors
        """);

    private static readonly string[] s_generated =
    [
        ".g.cs", ".g.i.cs", ".designer.cs", ".generated.cs", ".pb.go", "_pb2.py", "_pb2_grpc.py", ".pb.cc", ".pb.h", ".g.dart", ".freezed.dart",
        ".min.js", ".min.css", ".min.mjs", ".bundle.js", ".js.map", ".css.map", ".d.ts.map",
    ];

    /// <summary>Why a file is left out, as a sentence, or <see langword="null"/> if nothing speaks against it.</summary>
    /// <param name="path">Path from the root.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="maxSize">Most bytes of an indexed file.</param>
    public static string? Reject(string path, long size, long maxSize)
    {
        var segments = path.Split('/');
        var name = segments[^1];
        if (segments.AsSpan(..^1).ContainsAny(s_vendored, out var folder))
        {
            return $"Third-party code: it is in a folder named \"{folder}\".";
        }

        if (s_locks.Contains(name))
        {
            return "Lock file of a package manager.";
        }

        if (name.LastIndexOf('.') is >= 0 and var dot && s_binary.Contains(name[(dot + 1)..]))
        {
            return $"Binary by its extension ({name[dot..]}).";
        }

        if (s_generated.FirstOrDefault(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } generated)
        {
            return $"Generated, by its name (*{generated}).";
        }

        return size > maxSize ? string.Create(CultureInfo.InvariantCulture, $"Too big: {size:N0} bytes, the limit is {maxSize:N0}.")
            : size == 0 ? "Empty."
            : null;
    }

    private static bool ContainsAny(this Span<string> segments, FrozenSet<string> set, out string? found)
    {
        foreach (var segment in segments)
        {
            if (set.Contains(segment))
            {
                found = segment;
                return true;
            }
        }

        found = null;
        return false;
    }

    private static FrozenSet<string> Set(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}

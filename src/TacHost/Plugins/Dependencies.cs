using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using TacHost.Loading;

namespace TacHost.Plugins;

/// <summary>Determines from the metadata of an assembly whether it can be loaded here.</summary>
/// <param name="directories">The directories that are searched for references, after the directory of the assembly.</param>
internal sealed class Dependencies(IReadOnlyList<string> directories)
{
    // The values with which a ready-to-run image combines its machine type: none for Windows, then Linux, macOS, FreeBSD, NetBSD, SunOS.
    private static readonly int[] _systems = [0, 0x7B79, 0x4644, 0xADC4, 0x1993, 0x1992];

    private readonly HostAssemblies _shared = new();

    /// <summary>Returns the reason why an assembly cannot be loaded, or null.</summary>
    public string? ExplainMissing(string path, ImmutableArray<byte> image) => ExplainMissing(path, image, new HashSet<string>(StringComparer.OrdinalIgnoreCase));

    private string? ExplainMissing(string path, ImmutableArray<byte> image, HashSet<string> seen)
    {
        using var reader = new PEReader(image);
        if (WrongMachine(reader.PEHeaders) is { } wrong)
            return $"'{path}' {wrong}";
        var metadata = reader.GetMetadataReader();
        foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            var name = metadata.GetString(reference.Name);
            if (seen.Add(name) && ExplainMissing(path, name, reference.Version, seen) is { } reason)
                return reason;
        }

        return null;
    }

    private string? ExplainMissing(string path, string name, Version wanted, HashSet<string> seen)
    {
        if (_shared.Contains(name) || _shared.VersionOf(name) is not null)
        {
            return _shared.VersionOf(name) is { } shared && shared < wanted
                ? $"'{path}' needs {name} {wanted}, and the host, which shares its own with plugins, has {shared}. Build the plugin against that, or run it with a newer tachost"
                : null;
        }

        var found = directories.Prepend(Path.GetDirectoryName(path)!).Select(directory => Path.Combine(directory, name + ".dll")).FirstOrDefault(File.Exists);
        if (found is null)
            return $"'{path}' needs {name} {wanted}, and there is no '{name}.dll' beside it or in a directory of --lib or TACHOST_PATH. Put it beside the plugin";
        try
        {
            var image = ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(found));
            using var reader = new PEReader(image);
            var metadata = reader.GetMetadataReader();
            var version = metadata.GetAssemblyDefinition().Version;
            return version < wanted
                ? $"'{path}' needs {name} {wanted}, and '{found}' is {version}. Put the newer one beside the plugin"
                : ExplainMissing(found, image, seen);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidOperationException)
        {
            return $"'{path}' needs {name} {wanted}, and '{found}' cannot be read as an assembly: {e.Message}";
        }
    }

    private static string? WrongMachine(PEHeaders headers)
    {
        var raw = (int)headers.CoffHeader.Machine;
        if (raw == (int)Machine.I386 && headers.CorHeader?.Flags.HasFlag(CorFlags.Requires32Bit) == false)
            return null;
        var (here, word) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm64 => (Machine.Arm64, "arm64"),
            _ => (Machine.Amd64, "x64"),
        };
        if (_systems.Any(system => (raw ^ system) == (int)here))
            return null;
        var built = _systems.Select(system => (Machine)(ushort)(raw ^ system)).FirstOrDefault(Enum.IsDefined);
        return $"is built for {(built == Machine.I386 ? "x86" : built.ToString())}, and this machine is {word}. Build it for any machine, or for this one";
    }
}

using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace TacHost.Loading;

/// <summary>The assemblies that loaded code shares with the host, read from their files: the contract, its direct and indirect references, and .NET itself.</summary>
/// <remarks>The host shares exactly these (its <c>SharedAssemblies</c>). Nothing is loaded here.</remarks>
internal sealed class HostAssemblies
{
    private const string Contract = "TacHost.Services";

    private readonly Dictionary<string, Version> _all = new(StringComparer.OrdinalIgnoreCase);

    public HostAssemblies()
    {
        Queue<string> left = new([Contract]);
        while (left.TryDequeue(out var name))
        {
            if (PathOf(name) is not { } path)
                continue;
            var (version, references) = Look(path);
            _all[name] = version;
            foreach (var reference in references)
            {
                if (_all.TryAdd(reference.Name, reference.Version))
                    left.Enqueue(reference.Name);
            }
        }
    }

    /// <summary>Gets the paths of those in the directory of the host.</summary>
    public IEnumerable<string> OfTheHost => _all.Keys.Select(PathOf).OfType<string>();

    public static Guid ContractId
    {
        get
        {
            using PEReader file = new(File.OpenRead(Installation.HostDirectory + Contract + ".dll"));
            var metadata = file.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
    }

    /// <summary>Returns whether an assembly of that name is never taken from anywhere else.</summary>
    public bool Contains(string name) => _all.ContainsKey(name) || Framework.Find(name) is not null;

    /// <summary>Returns the version that there is, or null if none is shared.</summary>
    public Version? VersionOf(string name)
    {
        if (Framework.Find(name) is { } framework)
            return Look(framework).Version;
        if (_all.TryGetValue(name, out var version))
            return version;
        return AspNetCore.Find(name) is { } web ? Look(web).Version : null;
    }

    /// <summary>Returns the version of the assembly in a file, or null if the file is not an assembly.</summary>
    public static Version? VersionIn(string path)
    {
        try
        {
            return Look(path).Version;
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The file beside the host; null for an assembly of .NET.</summary>
    private static string? PathOf(string name) =>
        Framework.Find(name) is null && Installation.HostDirectory + name + ".dll" is var path && File.Exists(path) ? path : null;

    private static (Version Version, List<(string Name, Version Version)> References) Look(string path)
    {
        using PEReader file = new(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        List<(string, Version)> references = [];
        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            references.Add((metadata.GetString(reference.Name), reference.Version));
        }

        return (metadata.GetAssemblyDefinition().Version, references);
    }
}

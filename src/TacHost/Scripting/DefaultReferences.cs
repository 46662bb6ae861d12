using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>The references of a tac file without <c>#r</c>: .NET itself, the service tree, and its dependencies.</summary>
internal static class DefaultReferences
{
    /// <summary>The mapped files, which are cached until the end of the process, because the compiler may read them at any time.</summary>
    private static readonly ConcurrentDictionary<string, PortableExecutableReference> _mapped = new(StringComparer.Ordinal);

    public static IEnumerable<MetadataReference> All => Framework.Assemblies.Concat(OfTheHost).Distinct().Select(Of);

    private static IEnumerable<string> OfTheHost => new HostAssemblies().OfTheHost;

    /// <summary>
    /// Returns a reference to an assembly that is not rebuilt in place. The file is memory-mapped, because
    /// the compiler would read it completely, which takes 60 MB and 75 ms for all of .NET.
    /// </summary>
    public static PortableExecutableReference Of(string path) => _mapped.GetOrAdd(path, Map);

    private static unsafe PortableExecutableReference Map(string path)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* image = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref image);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromImage((nint)image, (int)view.Capacity)).GetReference(filePath: path);
    }

    /// <summary>Returns the assemblies of ASP.NET Core, if a library of the tac file references or belongs to it.</summary>
    /// <exception cref="TacHostException">ASP.NET Core is not installed.</exception>
    public static IEnumerable<MetadataReference> OfAspNetCoreFor(IEnumerable<string> libraries)
    {
        if (libraries.FirstOrDefault(IsBuiltOnAspNetCore) is not { } library)
            return [];
        if (AspNetCore.Directory is not { } directory)
            throw new TacHostException(ExitCode.Unavailable, $"'{library}' is built on ASP.NET Core, and {AspNetCore.MissingReason}");
        var known = Framework.Assemblies.Concat(OfTheHost).Select(Path.GetFileName).ToHashSet();
        return Directory.EnumerateFiles(directory, "*.dll").Where(path => !known.Contains(Path.GetFileName(path)) && IsManaged(path)).Select(Of);
    }

    /// <summary>Returns whether an assembly belongs to ASP.NET Core or refers to it.</summary>
    public static bool IsBuiltOnAspNetCore(string path) =>
        Path.GetDirectoryName(path) == AspNetCore.Directory || Read(path, metadata => metadata.AssemblyReferences.Any(each => metadata.GetString(metadata.GetAssemblyReference(each).Name).StartsWith(AspNetCore.NamePrefix, StringComparison.Ordinal)));

    private static bool IsManaged(string path) => Read(path, metadata => metadata.IsAssembly);

    /// <summary>Checks the metadata of an assembly. Returns false for an invalid file, which the compiler will report.</summary>
    private static bool Read(string path, Func<MetadataReader, bool> look)
    {
        try
        {
            using PEReader reader = new(File.OpenRead(path));
            return reader.HasMetadata && look(reader.GetMetadataReader());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return false;
        }
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The load context of a tac file or a plugin and its libraries, separate from the host's libraries.</summary>
/// <remarks>
/// The contract assembly, its references and .NET (with ASP.NET Core) are shared, so that an <c>IService</c> is the same type on both sides.
/// Other libraries are read into memory, so that you can rebuild them while the process runs; their <see cref="Assembly.Location"/> is empty.
/// Libraries of the host are mapped with their precompiled code. .NET ignores that code in collectible contexts, so the context of a start
/// is not collectible. This saves 12 ms of processor time for each start (ADR 8). The context of a reload is collectible: <see cref="LoadPlace"/>.
/// Unload is never called, because an unloading context cannot load further assemblies. The context is collected with the last object of its types.
/// </remarks>
internal sealed class IsolatedLoadContext(string name, Assembly contract, IReadOnlyList<string> libraries, IReadOnlyList<string> directories, bool isCollectible = false)
    : AssemblyLoadContext(name, isCollectible)
{
    private const string NativeExtension = ".so";

    private readonly SharedAssemblies _shared = new(contract);

    private readonly HashSet<Assembly> _main = [];
    private Assembly? _last;

    /// <summary>The files of the libraries, as they were before they were read.</summary>
    private readonly Dictionary<string, SourceStamp> _read = new(StringComparer.Ordinal);

    /// <summary>The native libraries that are loaded in advance, by their file names.</summary>
    private readonly ConcurrentDictionary<string, nint> _native = new(StringComparer.Ordinal);

    /// <summary>Gets whether the files of the libraries are still those that were read.</summary>
    public bool HasCurrentLibraries
    {
        get
        {
            lock (_read)
                return _read.Values.All(file => file == SourceStamp.Of(file.Path));
        }
    }

    /// <summary>Gets the context whose libraries are used instead of files, or null.</summary>
    public IsolatedLoadContext? Bound { get; init; }

    /// <summary>Gets the libraries that are shared if they are the same, or null.</summary>
    public LoadedLibraries? Loaded { get; init; }

    /// <summary>Returns true if an assembly is the code of a tac file or a plugin itself, instead of a library.</summary>
    public static bool IsMainCode(Assembly? assembly) =>
        assembly is not null && GetLoadContext(assembly) is IsolatedLoadContext context && context._main.Contains(assembly);

    /// <summary>Returns the name of the tac file or the plugin whose own code an assembly is, or null for any other assembly.</summary>
    public static string? SourceOf(Assembly? assembly) => IsMainCode(assembly) ? GetLoadContext(assembly!)?.Name : null;

    /// <summary>Loads the main code of the context, and returns the last of its assemblies.</summary>
    public Assembly LoadMain(IReadOnlyList<CodeImage> code)
    {
        Assembly? last = null;
        foreach (var (image, symbols) in code)
        {
            last = Load(image, symbols);
            _main.Add(last);
        }

        return _last = last ?? throw new ArgumentException("There is no code to load.", nameof(code));
    }

    /// <summary>Loads code that is compared as a library: if it is loaded already and the same, that is shared.</summary>
    public Assembly LoadMainOrShare(IReadOnlyList<CodeImage> code) => _last = Bound?._last ?? Loaded?.FindMain(code, this) ?? LoadMain(code);

    /// <summary>Returns the assembly that the context is for, if it was loaded from the same code.</summary>
    public Assembly? MainIfSame(IReadOnlyList<Guid> versions) =>
        _main.Count > 0 && _main.Select(assembly => assembly.ManifestModule.ModuleVersionId).SequenceEqual(versions) ? _last : null;

    private Assembly Load(byte[] image, byte[] symbols) =>
        LoadFromStream(new MemoryStream(image), symbols.Length == 0 ? null : new MemoryStream(symbols));

    /// <summary>Returns whether an assembly comes from the host, ASP.NET Core or .NET, so that it is one for all contexts.</summary>
    public bool IsShared(AssemblyName assemblyName) => _shared.Contains(assemblyName.Name!) || AspNetCoreAssemblies.Load(assemblyName) is not null;

    /// <summary>Returns an assembly as code in this context gets it, or null if it cannot be had.</summary>
    public Assembly? TryLoad(AssemblyName assemblyName)
    {
        try
        {
            return LoadFromAssemblyName(assemblyName);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Preloads the named libraries that are part of the host. This saves 2 ms, because a load on demand
    /// compares the requested and the loaded name by the rules of a culture.
    /// </summary>
    public void LoadOwnLibraries()
    {
        foreach (var library in libraries)
        {
            if (IsOwn(library) && !_shared.Contains(Path.GetFileNameWithoutExtension(library)))
                LoadFromAssemblyPath(library);
        }
    }

    /// <summary>Loads all libraries with their references, translations and native libraries, because their files may be unreachable later.</summary>
    public void LoadLibraries()
    {
        foreach (var library in libraries)
        {
            if (library.EndsWith(NativeExtension, StringComparison.Ordinal))
                LoadNative(library);
            else
                TryLoad(LibraryFiles.NameOf(library));
        }

        HashSet<string> seen = [];
        Queue<Assembly> left = new(Assemblies);
        while (left.TryDequeue(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => seen.Add(name.Name!) && !IsShared(name)))
            {
                if (TryLoad(name) is { } loaded)
                    left.Enqueue(loaded);
            }
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var simple = assemblyName.Name!;
        if (_shared.Contains(simple))
            return null;
        if (AspNetCoreAssemblies.Load(assemblyName) is { } ofFramework)
            return ofFramework;
        if (Bound is not null)
            return Bound.TryLoad(assemblyName);
        var path = assemblyName.CultureName is { Length: > 0 } culture
            ? libraries.FirstOrDefault(library => LibraryFiles.IsSatellite(library, culture, simple)) ?? Search(directory => LibraryFiles.Satellite(directory, culture, simple))
            : OfThisRuntime(libraries.FirstOrDefault(library => !library.EndsWith(NativeExtension, StringComparison.Ordinal) && Path.GetFileNameWithoutExtension(library.AsSpan()).Equals(simple, StringComparison.OrdinalIgnoreCase)), simple)
                ?? Search(directory => LibraryFiles.Assembly(directory, simple));
        if (path is null && AspNetCore.Directory is null && simple.StartsWith(AspNetCore.NamePrefix, StringComparison.Ordinal))
            throw new TacHostException(ExitCode.Unavailable, $"It needs '{simple}', but {AspNetCore.MissingReason}");
        if (path is null)
            return null;
        lock (_read)
            _read.TryAdd(path, SourceStamp.Of(path));
        if (assemblyName.CultureName is not { Length: > 0 } && Loaded?.Find(simple, path, this) is { } same)
            return same;
        if (IsOwn(path))
            return (Loaded?.OfTheHost ?? this).LoadFromAssemblyPath(path);

        var symbols = Path.ChangeExtension(path, ".pdb");
        return Load(CodeFile.ReadAllBytes(path), File.Exists(symbols) ? CodeFile.ReadAllBytes(symbols) : []);
    }

    /// <summary>Loads a native library. The runtime cannot find it, because the managed libraries are loaded from memory and have no directory.</summary>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        if (unmanagedDllName.Contains('/', StringComparison.Ordinal))
            return 0;
        foreach (var fileName in _native.IsEmpty ? [] : LibraryFiles.NativeNames(unmanagedDllName))
        {
            if (_native.TryGetValue(fileName, out var loaded))
                return loaded;
        }

        if (Search(directory => LibraryFiles.Native(directory, unmanagedDllName)) is not { } path)
            return 0;
        CodeFile.RequireTrust(path);
        return LoadUnmanagedDllFromPath(path);
    }

    private void LoadNative(string path)
    {
        CodeFile.RequireTrust(path);
        if (NativeLibrary.TryLoad(path, out var handle))
            _native[Path.GetFileName(path)] = handle;
    }

    /// <summary>Returns the file for this runtime beside a named library, if it exists. The compiler does not reference such files.</summary>
    private static string? OfThisRuntime(string? library, string simple) =>
        library is null ? null : LibraryFiles.Assembly(Path.GetDirectoryName(library)!, simple) ?? library;

    /// <summary>Searches the directories of the libraries, then the other directories.</summary>
    private string? Search(Func<string, string?> find)
    {
        foreach (var library in libraries)
        {
            if (find(Path.GetDirectoryName(library)!) is { } beside)
                return beside;
        }

        foreach (var directory in directories)
        {
            if (find(directory) is { } found)
                return found;
        }

        return null;
    }

    private static bool IsOwn(string path) => path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal);
}

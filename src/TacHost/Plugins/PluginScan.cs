using System.Collections.Immutable;
using System.Runtime.InteropServices;
using TacHost.Loading;

namespace TacHost.Plugins;

/// <summary>Scans a plugin directory. Unchanged files are taken from the index, and other files are read.</summary>
/// <param name="cache">The directory of the indexes.</param>
/// <param name="directories">The directories that are searched for assemblies.</param>
/// <param name="compile">Compiles a script, or throws <see cref="TacHostException"/>.</param>
internal sealed class PluginScan(CacheDirectory cache, IReadOnlyList<string> directories, Func<string, CompiledScript> compile)
{
    public const string ScriptExtension = ".csx";
    private const string AssemblyExtension = ".dll";

    /// <summary>Gets notices about indexes that could not be saved.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>Returns the candidate files of a directory, sorted by name: <c>*.csx</c>, <c>*.dll</c>, and <c>NAME/NAME.dll</c>.</summary>
    /// <param name="directory">The absolute path.</param>
    /// <param name="isFresh">True to ignore the index.</param>
    /// <param name="isNamed">True if the user has named the directory.</param>
    public IReadOnlyList<PluginFile> Look(string directory, bool isFresh = false, bool isNamed = true)
    {
        var known = isFresh ? [] : PluginIndex.Load(directory, cache);
        var names = Candidates(directory).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        List<PluginFile> files = [];
        var isChanged = known.Count != names.Length;
        foreach (var name in names)
        {
            if (FileStamp.Of(Path.Combine(directory, name)) is not { } stamp)
            {
                var nothing = new PluginFile(name, default, [], [], $"'{Path.Combine(directory, name)}' is {(new FileInfo(Path.Combine(directory, name)).LinkTarget is null ? "not a regular file" : "a symbolic link that leads to no regular file")}");
                isChanged |= known.GetValueOrDefault(name)?.Error != nothing.Error;
                files.Add(nothing);
                continue;
            }

            // A file that was broken because another file was missing may be usable now.
            var file = known.GetValueOrDefault(name);
            if (file is null || !file.IsFresh(stamp) || (file.Error is not null && (isChanged || !file.IsScript)))
            {
                var previous = file;
                file = Read(directory, name, stamp, isNamed);
                isChanged |= previous is null || previous.Stamp != stamp || previous.Error != file.Error || !previous.IsFresh(stamp);
            }

            files.Add(file);
        }

        if (isChanged && !isFresh && PluginIndex.Save(directory, cache, files) is { } notice)
            Notices.Add(notice);
        return files;
    }

    private static IEnumerable<string> Candidates(string directory)
    {
        IEnumerable<FileSystemInfo> entries;
        try
        {
            entries = new DirectoryInfo(directory).EnumerateFileSystemInfos().ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var entry in entries)
        {
            if (entry.Name.StartsWith('.'))
                continue;
            if (entry is DirectoryInfo && Path.Combine(entry.Name, entry.Name + AssemblyExtension) is var nested && File.Exists(Path.Combine(directory, nested)))
                yield return nested;
            else if (entry is FileInfo && (entry.Name.EndsWith(ScriptExtension, StringComparison.Ordinal) || entry.Name.EndsWith(AssemblyExtension, StringComparison.Ordinal)))
                yield return entry.Name;
        }
    }

    private PluginFile Read(string directory, string name, FileStamp stamp, bool isNamed)
    {
        var path = Path.Combine(directory, name);
        try
        {
            return name.EndsWith(ScriptExtension, StringComparison.Ordinal) ? ReadScript(path, name, stamp, isNamed) : ReadAssembly(path, name, stamp, isNamed);
        }
        catch (UntrustedCodeException e)
        {
            return new PluginFile(name, stamp, [], [], e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PluginFile(name, stamp, [], [], $"'{path}' cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            return new PluginFile(name, stamp, [], [], $"'{path}' is not an assembly of .NET, or a damaged one: {e.Message}");
        }
    }

    private PluginFile ReadAssembly(string path, string name, FileStamp stamp, bool isNamed)
    {
        var image = ImmutableCollectionsMarshal.AsImmutableArray(CodeFile.ReadAllBytes(path, isNamed));
        var plugins = AssemblyMetadata.Read(image);
        return new PluginFile(name, stamp, [], plugins, plugins.Count == 0 ? null : new Dependencies(directories).ExplainMissing(path, image));
    }

    private PluginFile ReadScript(string path, string name, FileStamp stamp, bool isNamed)
    {
        try
        {
            _ = CodeFile.ReadAllBytes(path, isNamed);
            var script = compile(path);
            var plugins = AssemblyMetadata.Read(ImmutableCollectionsMarshal.AsImmutableArray(script.Code[^1].Image));
            List<PluginInput> inputs = [];
            foreach (var input in script.Sources.Concat(script.Libraries))
            {
                if (input != path && FileStamp.Of(input) is { } inputStamp)
                    inputs.Add(new PluginInput(input, inputStamp));
            }

            return new PluginFile(name, stamp, inputs, plugins, plugins.Count > 0 ? null : $"'{path}' has no plugin in it: a public class with [Plugin(\"name\", \"What it does.\")]");
        }
        catch (TacHostException e)
        {
            return new PluginFile(name, stamp, [], [], e.Message);
        }
    }
}

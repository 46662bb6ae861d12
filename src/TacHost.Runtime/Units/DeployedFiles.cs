using System.Reflection.Metadata;
using TacHost.CommandLine;
using TacHost.Scripting;

namespace TacHost.Units;

/// <summary>The files that a deployment reads: those that travel with it, and those that its machine must have.</summary>
internal sealed class DeployedFiles
{
    private readonly List<(string Path, byte[] Content)> _carried = [];
    private readonly List<string> _expected = [];

    private DeployedFiles()
    {
    }

    /// <summary>Gets the files below the working directory, with their paths relative to it.</summary>
    public IReadOnlyList<(string Path, byte[] Content)> Carried => _carried;

    /// <summary>Gets the absolute paths of directories, libraries and files elsewhere.</summary>
    public IReadOnlyList<string> Expected => _expected;

    /// <summary>Finds the files.</summary>
    /// <exception cref="TacHostException">The tac file is not below the working directory, or a file cannot be read.</exception>
    public static DeployedFiles Of(Deployed deployed, CompiledTac tac)
    {
        DeployedFiles files = new();
        var relative = Path.GetRelativePath(deployed.Directory, deployed.File);
        if (IsOutside(relative))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{deployed.File}' is not below '{deployed.Directory}', which becomes the working directory in the container. Name a directory above both the tac file and its data with --rundir."));
        string[] read = [deployed.File, .. Sources(tac), .. deployed.Options.ValuesFile is { } values ? [Path.GetFullPath(values)] : Array.Empty<string>(), .. deployed.ReadPaths];
        foreach (var path in read.Distinct(StringComparer.Ordinal))
            files.Add(deployed.Directory, path);
        files._expected.AddRange(tac.Libraries.Where(library => !library.StartsWith(Installation.HostDirectory, StringComparison.Ordinal)));
        return files;
    }

    private void Add(string directory, string path)
    {
        var relative = Path.GetRelativePath(directory, path);
        if (IsOutside(relative) || !File.Exists(path))
        {
            _expected.Add(path);
            return;
        }

        try
        {
            _carried.Add((relative, File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"cannot read '{path}': {e.Message}"), e);
        }
    }

    private static bool IsOutside(string relative) => relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative);

    /// <summary>Returns the files that the compiler has read, as the debugging information names them.</summary>
    private static IEnumerable<string> Sources(CompiledTac tac)
    {
        foreach (var image in tac.Code)
        {
            if (image.Symbols.Length == 0)
                continue;
            using var provider = MetadataReaderProvider.FromPortablePdbImage([.. image.Symbols]);
            var reader = provider.GetMetadataReader();
            foreach (var handle in reader.Documents)
            {
                var path = reader.GetString(reader.GetDocument(handle).Name);
                if (Path.IsPathRooted(path) && File.Exists(path))
                    yield return path;
            }
        }
    }
}

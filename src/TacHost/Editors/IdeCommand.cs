using TacHost.CommandLine;
using TacHost.Scripting;

namespace TacHost.Editors;

/// <summary>The command <c>tachost ide</c>, which writes projects for the tac files of a directory, so that editors understand them.</summary>
/// <remarks>Each tac file gets its own project, because it is a separate program. A start uses none of these files.</remarks>
internal static class IdeCommand
{
    private const string Global = "application";

    /// <summary>Writes the files.</summary>
    /// <param name="directory">The directory of the tac files.</param>
    /// <param name="searched">The directories that <c>#r</c> searches.</param>
    /// <param name="overwrite">True to overwrite files that a user has written.</param>
    /// <exception cref="TacHostException">The directory has no tac files, or a file cannot be read or written.</exception>
    public static int Run(string directory, IReadOnlyList<string> searched, bool overwrite)
    {
        if (!Directory.Exists(directory))
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"there is no directory '{directory}'."));
        List<string> tacs = [.. Directory.EnumerateFiles(directory).Where(IsTac).Order(StringComparer.Ordinal)];
        if (tacs.Count == 0)
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"there is no tac file in '{directory}'. Write one: tachost new {Path.Combine(directory, "server")}"));
        ReferenceSearch search = new(searched);
        List<(string Path, string Text)> files =
        [
            .. tacs.Select(tac => (EditorFiles.ProjectOf(tac), EditorProject.Make(tac, search))),
            (Path.Combine(EditorFiles.Folder, "Directory.Build.props"), EditorProject.Common()),
            (Path.Combine(EditorFiles.Folder, ".gitignore"), EditorFiles.Ignore),
            ("tacs.slnx", EditorFiles.Solution(tacs.Select(EditorFiles.ProjectOf))),
            (Path.Combine(".vscode", "launch.json"), EditorFiles.Launch()),
        ];
        if (!overwrite && files.Select(each => Path.Combine(directory, each.Path)).FirstOrDefault(IsOfAUser) is { } foreign)
            throw new TacHostException(ExitCode.CannotCreate, SingleLine.Escape($"'{foreign}' is there already, and 'tachost ide' has not written it. Nothing has been written. Rename the file, or overwrite it with --force."));
        foreach (var (path, text) in files)
            Write(Path.Combine(directory, path), text);
        Console.Out.Write($"{directory}: wrote projects for {string.Join(", ", tacs.Select(Path.GetFileName))}. Open the directory in an editor, or 'tacs.slnx'.\n");
        return ExitCode.Success;
    }

    /// <summary>Returns whether a file is a tac file. Of .cs files, those with directives or an application are.</summary>
    private static bool IsTac(string path) => Path.GetExtension(path) switch
    {
        ".csx" => true,
        ProgramDirectives.Extension => Read(path).Split('\n').Any(line => line.StartsWith(ProgramDirectives.Prefix, StringComparison.Ordinal) || line.StartsWith($"var {Global} ", StringComparison.Ordinal)),
        _ => false,
    };

    private static bool IsOfAUser(string path) => File.Exists(path) && !Read(path).Contains(EditorFiles.Mark, StringComparison.Ordinal);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"cannot read '{path}': {e.Message}"), e);
        }
    }

    private static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, SingleLine.Escape($"cannot write '{path}': {e.Message}"), e);
        }
    }
}

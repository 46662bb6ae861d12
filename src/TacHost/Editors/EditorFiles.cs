using System.Security;

namespace TacHost.Editors;

/// <summary>The files for editors that are the same for every tac file.</summary>
internal static class EditorFiles
{
    public const string Folder = ".tacs";

    /// <summary>The text by which the command finds its own files.</summary>
    public const string Mark = "Written by 'tachost ide'";

    /// <summary>The projects have paths of this machine, so that version control ignores them.</summary>
    public const string Ignore = $"# {Mark}.\n*\n";

    public static string ProjectOf(string tac) => Path.Combine(Folder, $"{(tac.EndsWith(".csx", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(tac) : Path.GetFileName(tac))}.csproj");

    /// <summary>Returns the solution, which editors find in the directory that is opened.</summary>
    public static string Solution(IEnumerable<string> projects) =>
        $"<Solution>\n  <!-- {Mark}. -->\n{string.Concat(projects.Select(path => $"  <Project Path=\"{SecurityElement.Escape(path)}\" />\n"))}</Solution>\n";

    /// <summary>Returns the configurations of Visual Studio Code's debugger: F5 runs the open tac file in the foreground.</summary>
    /// <remarks>The compiler gets <c>#:</c> directives as comments, so that the checksum of the source may differ.</remarks>
    public static string Launch() => $$"""
        {
          // {{Mark}}.
          "version": "0.2.0",
          "configurations": [
            {
              "name": "tachost: run this file",
              "type": "coreclr",
              "request": "launch",
              "program": "{{Installation.FrontProgram.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}",
              "args": ["--nodaemon", "--debug", "--no-pidfile", "${file}"],
              "cwd": "${workspaceFolder}",
              "env": { "DOTNET_EnableDiagnostics": "1" },
              "requireExactSource": false
            },
            {
              "name": "tachost: attach to a process that waits (--wait-for-debugger) or runs",
              "type": "coreclr",
              "request": "attach",
              "processId": "${command:pickProcess}",
              "requireExactSource": false
            }
          ]
        }

        """;
}

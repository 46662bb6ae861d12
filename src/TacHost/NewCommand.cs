using System.Globalization;
using System.Text;
using TacHost.CommandLine;
using TacHost.Scripting;

namespace TacHost;

/// <summary>Writes a first tac file from a template: <c>tachost new</c>.</summary>
internal static class NewCommand
{
    private const string Placeholder = "NAME", Extension = ".csx", Default = "server", Plugin = "plugin";

    private static readonly (string Name, string Description)[] _templates =
    [
        (Default, "a TCP server with a protocol of its own"),
        ("proxy", "forwards connections to another server"),
        ("worker", "runs an action periodically"),
        ("web", "serves HTTP"),
        (Plugin, "a service with options, run by its name"),
    ];

    public static int List()
    {
        Terminal.Write(string.Concat(_templates.Select(each => $"{each.Name,-10}{each.Description}\n")));
        return ExitCode.Success;
    }

    /// <summary>Writes a new file.</summary>
    /// <param name="template">The template, or null for the first.</param>
    /// <param name="path">The file; its extension may be left out.</param>
    /// <param name="asProgram">True to write a file-based program.</param>
    public static int Write(string? template, string path, bool asProgram)
    {
        template ??= Default;
        var extension = asProgram || path.EndsWith(ProgramDirectives.Extension, StringComparison.Ordinal) ? ProgramDirectives.Extension : Extension;
        if (extension != Extension && (template == Plugin || path.EndsWith(Extension, StringComparison.Ordinal)))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape(template == Plugin ? $"a plugin in a single file is a {Extension} file. Leave out --cs, or write a library: see docs/plugins.md." : $"'{path}' is not the name of a .cs file, which --cs requires."));
        if (!Array.Exists(_templates, each => each.Name == template))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no template '{template}'. {(DidYouMean.To(template, _templates.Select(each => each.Name)) is { } nearest ? $"Did you mean '{nearest}'?" : "See tachost new --list.")}"));
        var file = path.EndsWith(extension, StringComparison.Ordinal) ? path : path + extension;
        var name = KebabCase.Of(Path.GetFileNameWithoutExtension(file));
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') || !char.IsAsciiLetter(name[0]))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{path}' cannot be the name of a new tac file, which is made of letters, digits and hyphens."));
        try
        {
            using var resource = typeof(NewCommand).Assembly.GetManifestResourceStream($"{template}{Extension}")!;
            using StreamReader reader = new(resource);
            using StreamWriter writer = new(new FileStream(file, FileMode.CreateNew, FileAccess.Write));
            var text = reader.ReadToEnd();
            writer.Write((extension == Extension ? text : ProgramOf(text)).Replace(Placeholder, name, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write '{file}': {(File.Exists(file) ? "it is there already." : e.Message)}", e);
        }

        var run = template == Plugin ? $"put it into a directory 'plugins', then: tachost -n {name}" : $"run it with: tachost -n {file}";
        Terminal.Write($"{file}: written; {run}\n");
        return ExitCode.Success;
    }

    /// <summary>Returns a template in the form of a file-based program: <c>#:package</c> for <c>#r</c>, and a last statement that runs the application.</summary>
    private static string ProgramOf(string template)
    {
        const string directive = "#r \"", end = ".dll\"", last = ".SetServiceParent(application);";
        StringBuilder text = new();
        var hasDirectives = false;
        foreach (var line in template.Replace($"{Placeholder}{Extension}", $"{Placeholder}{ProgramDirectives.Extension}", StringComparison.Ordinal).TrimEnd('\n').Split('\n'))
        {
            if (!hasDirectives && line.Length == 0)
            {
                hasDirectives = true;
                text.Append(CultureInfo.InvariantCulture, $"\n#:package TacHost.Services@{HostVersion.Text}\n");
                if (!template.Contains(directive, StringComparison.Ordinal))
                    text.Append('\n');
                continue;
            }

            text.Append(line.StartsWith(directive, StringComparison.Ordinal) ? $"#:package {line[directive.Length..^end.Length]}@{HostVersion.Text}" : line).Append('\n');
            if (line.EndsWith(last, StringComparison.Ordinal))
                text.Append("\n// Under 'tachost', this does nothing. Under 'dotnet run', it runs the application until Ctrl-C.\nawait application.RunAsync();\n");
        }

        return text.ToString();
    }
}

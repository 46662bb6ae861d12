using TacHost.CommandLine;

namespace TacHost;

/// <summary>Writes a first tac file from a template: <c>tachost new</c>.</summary>
internal static class NewCommand
{
    private const string Placeholder = "NAME", Extension = ".csx", Default = "server";

    private static readonly (string Name, string Description)[] _templates =
    [
        (Default, "a TCP server with a protocol of its own"),
        ("proxy", "forwards connections to another server"),
        ("worker", "does something over and over"),
        ("web", "serves HTTP"),
        ("plugin", "a service with options, run by its name"),
    ];

    /// <summary>Prints the templates.</summary>
    public static int List()
    {
        foreach (var (name, description) in _templates)
            Console.Out.WriteLine($"{name,-10}{description}");
        return ExitCode.Success;
    }

    /// <summary>Writes a file, which is not there yet.</summary>
    /// <param name="template">The template, or null for the first.</param>
    /// <param name="path">The file; its extension may be left out.</param>
    public static int Write(string? template, string path)
    {
        template ??= Default;
        if (!Array.Exists(_templates, each => each.Name == template))
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"there is no template '{template}'. {(DidYouMean.To(template, _templates.Select(each => each.Name)) is { } nearest ? $"Did you mean '{nearest}'?" : "See tachost new --list.")}"));
        var file = path.EndsWith(Extension, StringComparison.Ordinal) ? path : path + Extension;
        var name = KebabCase.Of(Path.GetFileNameWithoutExtension(file));
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') || !char.IsAsciiLetter(name[0]))
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"'{path}' cannot be the name of a new tac file, which is made of letters, digits and hyphens."));
        try
        {
            using var resource = typeof(NewCommand).Assembly.GetManifestResourceStream($"{template}{Extension}")!;
            using StreamReader reader = new(resource);
            using StreamWriter writer = new(new FileStream(file, FileMode.CreateNew, FileAccess.Write));
            writer.Write(reader.ReadToEnd().Replace(Placeholder, name, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write '{file}': {(File.Exists(file) ? "it is there already." : e.Message)}", e);
        }

        var run = template == "plugin" ? $"put it into a directory 'plugins', then: tachost -n {name}" : $"run it with: tachost -n {file}";
        Console.Out.WriteLine($"{file}: written; {run}");
        return ExitCode.Success;
    }
}

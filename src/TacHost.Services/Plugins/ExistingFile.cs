using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>A file that exists when the command line is read. Converts to a <see cref="string"/>, its absolute path.</summary>
/// <remarks>Nothing but its being there is checked: what reads it may run as another user.</remarks>
[OptionType("FILE", "a file that exists")]
public readonly record struct ExistingFile : IParsable<ExistingFile>
{
    private readonly string? _path;

    /// <summary>A file by its path, which is not looked at: for defaults.</summary>
    public ExistingFile(string path) => _path = path;

    /// <summary>The path; absolute if it was read from a command line.</summary>
    public string Path => _path ?? "";

    /// <summary>The path.</summary>
    public static implicit operator string(ExistingFile file) => file.Path;

    /// <inheritdoc/>
    public static ExistingFile Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var file) ? file : throw new FormatException($"'{s}' is not a file that exists.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ExistingFile result)
    {
        var path = OptionFormat.FullPath(s, provider);
        result = new ExistingFile(path ?? "");
        return System.IO.File.Exists(path);
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}

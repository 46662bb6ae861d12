using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>A file that exists when the command line is read. Converts to a <see cref="string"/>, its absolute path.</summary>
/// <remarks>Only the existence is checked, not the permissions, because another user may read it later.</remarks>
[OptionType("FILE", "a file that exists")]
public readonly record struct ExistingFile : IParsable<ExistingFile>
{
    private readonly string? _path;

    /// <summary>Initializes the value with a path, without checking the existence. For default values.</summary>
    public ExistingFile(string path) => _path = path;

    /// <summary>Gets the path. Absolute if it was read from a command line.</summary>
    public string Path => _path ?? "";

    /// <summary>Returns the path.</summary>
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

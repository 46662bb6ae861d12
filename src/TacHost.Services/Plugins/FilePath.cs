using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>A path, whether or not there is anything. It is a <see cref="string"/>, absolute, wherever one is wanted.</summary>
[OptionType("PATH", "a path")]
public readonly record struct FilePath : IParsable<FilePath>
{
    private readonly string? _path;

    /// <summary>A path as it is: for defaults.</summary>
    public FilePath(string path) => _path = path;

    /// <summary>The path; absolute if it was read from a command line.</summary>
    public string Path => _path ?? "";

    /// <summary>The path.</summary>
    public static implicit operator string(FilePath path) => path.Path;

    /// <summary>A path as it is: for defaults.</summary>
    public static implicit operator FilePath(string path) => new(path);

    /// <inheritdoc/>
    public static FilePath Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var path) ? path : throw new FormatException($"'{s}' is not a path.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out FilePath result)
    {
        var path = OptionFormat.FullPath(s, provider);
        result = new FilePath(path ?? "");
        return path is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}

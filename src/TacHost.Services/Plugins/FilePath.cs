using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>A path that need not exist. Converts to a <see cref="string"/>, the absolute path.</summary>
[OptionType("PATH", "a path")]
public readonly record struct FilePath : IParsable<FilePath>
{
    private readonly string? _path;

    /// <summary>Initializes the value with a path, as given. For default values.</summary>
    public FilePath(string path) => _path = path;

    /// <summary>Gets the path. Absolute if it was read from a command line.</summary>
    public string Path => _path ?? "";

    /// <summary>Returns the path.</summary>
    public static implicit operator string(FilePath path) => path.Path;

    /// <summary>Returns the path as given. For default values.</summary>
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

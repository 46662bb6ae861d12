using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins;

/// <summary>A directory that exists when the command line is read. Converts to a <see cref="string"/>, its absolute path.</summary>
/// <remarks>Only the existence is checked, not the permissions, because another user may read it later.</remarks>
[OptionType("DIR", "a directory that exists")]
public readonly record struct ExistingDirectory : IParsable<ExistingDirectory>
{
    private readonly string? _path;

    /// <summary>Initializes the value with a path, without checking the existence. For default values.</summary>
    public ExistingDirectory(string path) => _path = path;

    /// <summary>Gets the path. Absolute if it was read from a command line.</summary>
    public string Path => _path ?? "";

    /// <summary>Returns the path.</summary>
    public static implicit operator string(ExistingDirectory directory) => directory.Path;

    /// <inheritdoc/>
    public static ExistingDirectory Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var directory) ? directory : throw new FormatException($"'{s}' is not a directory that exists.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ExistingDirectory result)
    {
        var path = OptionFormat.FullPath(s, provider);
        result = new ExistingDirectory(path ?? "");
        return System.IO.Directory.Exists(path);
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}

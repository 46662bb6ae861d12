using System.Globalization;

namespace TacHost.Services.Plugins.Reading;

/// <summary>The format of option values: the invariant culture, with relative paths resolved against a directory.</summary>
internal sealed class OptionFormat(string? directory) : IFormatProvider
{
    public object? GetFormat(Type? formatType) => CultureInfo.InvariantCulture.GetFormat(formatType);

    /// <summary>Returns the absolute form of a path, or null if the text is not a path.</summary>
    public static string? FullPath(string? path, IFormatProvider? format)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
            return null;
        try
        {
#pragma warning disable RS0030 // options that are parsed without a host
            return (format as OptionFormat)?.Directory is { } directory ? Path.GetFullPath(path, directory) : Path.GetFullPath(path);
#pragma warning restore RS0030
        }
        catch (IOException)
        {
            // The working directory has been deleted.
            return null;
        }
    }

    private string? Directory { get; } = directory;
}

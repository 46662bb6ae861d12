using System.Globalization;

namespace TacHost.Services.Plugins.Reading;

/// <summary>How values of options are written: as in every culture, with relative paths from a directory.</summary>
internal sealed class OptionFormat(string? directory) : IFormatProvider
{
    public object? GetFormat(Type? formatType) => CultureInfo.InvariantCulture.GetFormat(formatType);

    /// <summary>A path made absolute, or null if it is none.</summary>
    public static string? FullPath(string? path, IFormatProvider? format)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
            return null;
        try
        {
#pragma warning disable RS0030 // options that are read without a host
            return (format as OptionFormat)?.Directory is { } directory ? Path.GetFullPath(path, directory) : Path.GetFullPath(path);
#pragma warning restore RS0030
        }
        catch (IOException)
        {
            // The working directory is gone.
            return null;
        }
    }

    private string? Directory { get; } = directory;
}

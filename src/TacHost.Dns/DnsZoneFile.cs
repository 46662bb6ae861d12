using System.Diagnostics.CodeAnalysis;
using TacHost.Dns.Messages;
using TacHost.Services.Plugins;

namespace TacHost.Dns;

/// <summary>A zone and its master file, parsed from an option: <c>FILE</c>, or <c>NAME=FILE</c> if the file does not contain the name of the zone.</summary>
[OptionType("[NAME=]FILE", "a zone file that exists, or the name of a zone, '=' and such a file")]
public sealed record DnsZoneFile : IParsable<DnsZoneFile>
{
    /// <summary>Initializes a zone file. The file is not read.</summary>
    /// <param name="path">The path of the file, in the format of BIND: RFC 1035, section 5.</param>
    /// <param name="name">
    /// The name of the zone, which is also the first $ORIGIN. Defaults to null: the name is taken
    /// from the file, either from $ORIGIN or from the absolute name of its SOA record.
    /// </param>
    /// <exception cref="ArgumentException">The name is not a domain name, or the path is empty.</exception>
    public DnsZoneFile(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (name is not null)
            Origin = DnsName.TryParse(name, out var origin) ? origin : throw new ArgumentException($"'{name}' is not a domain name.", nameof(name));
        (Path, Name) = (path, name);
    }

    /// <summary>Gets the path of the file, as given. A relative path is resolved against the base directory of the application.</summary>
    public string Path { get; }

    /// <summary>Gets the name of the zone, or null if it is taken from the file.</summary>
    public string? Name { get; }

    /// <summary>Gets the parsed <see cref="Name"/>.</summary>
    internal DnsName? Origin { get; }

    /// <inheritdoc/>
    static DnsZoneFile IParsable<DnsZoneFile>.Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var file) ? file : throw new FormatException($"'{s}' is neither a file that exists nor the name of a zone, '=' and such a file.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out DnsZoneFile result)
    {
        result = null;
        if (ExistingFile.TryParse(s, provider, out var whole))
            result = new DnsZoneFile(whole);
        else if (s?.IndexOf('=', StringComparison.Ordinal) is { } equals and > 0 && DnsName.TryParse(s[..equals], out _) && ExistingFile.TryParse(s[(equals + 1)..], provider, out var file))
            result = new DnsZoneFile(file, s[..equals]);
        return result is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name is null ? Path : $"{Name}={Path}";
}

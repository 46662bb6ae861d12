using System.Diagnostics.CodeAnalysis;
using TacHost.Servers.Dns.Messages;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Dns;

/// <summary>A zone and the master file it is in, as an option takes it: <c>FILE</c>, or <c>NAME=FILE</c> where the file does not say what the zone is called.</summary>
[OptionType("[NAME=]FILE", "a zone file that exists, or the name of a zone, '=' and such a file")]
public sealed record DnsZoneFile : IParsable<DnsZoneFile>
{
    /// <summary>Names the file, which is not looked at.</summary>
    /// <param name="path">The file, in the form that BIND reads: RFC 1035, section 5.</param>
    /// <param name="name">The zone, which is also the first $ORIGIN. Defaults to null: the file says it, by $ORIGIN or by the whole name at its SOA record.</param>
    /// <exception cref="ArgumentException">It is no domain name.</exception>
    public DnsZoneFile(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (name is not null)
            Origin = DnsName.TryParse(name, out var origin) ? origin : throw new ArgumentException($"'{name}' is not a domain name.", nameof(name));
        (Path, Name) = (path, name);
    }

    /// <summary>Gets the path of the file, as it was given. A relative one starts at the base directory of the application.</summary>
    public string Path { get; }

    /// <summary>The zone, or null if the file says it.</summary>
    public string? Name { get; }

    /// <summary><see cref="Name"/>, read.</summary>
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

using System.Diagnostics.CodeAnalysis;
using TacHost.Dns.Messages;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Dns;

/// <summary>A zone with the deployments of a cluster, parsed from an option: <c>ZONE=DIR</c>.</summary>
/// <remarks>A deployment that does not run has a name without records.</remarks>
[OptionType("ZONE=DIR", "the name of a zone, '=' and the directory of a node, which exists")]
public sealed record DnsClusterZone : IParsable<DnsClusterZone>
{
    private const string MailboxLabel = "hostmaster";

    /// <summary>Initializes a zone. Nothing is asked yet.</summary>
    /// <param name="name">The name of the zone.</param>
    /// <param name="directory">The directory of the node on this machine. Defaults to null; see <see cref="LocalClusterNode(string)"/>.</param>
    /// <exception cref="ArgumentException">The name is not a domain name, or is too long.</exception>
    public DnsClusterZone(string name, string? directory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Mailbox = DnsName.TryParse($"{MailboxLabel}.{name}", out var mailbox) ? mailbox : throw new ArgumentException($"'{name}' is not the name of a zone.", nameof(name));
        (Name, Directory) = (name, directory);
    }

    /// <summary>Gets the name of the zone.</summary>
    public string Name { get; }

    /// <summary>Gets the directory of the node, as given, or null. A relative path is resolved against the base directory of the application.</summary>
    public string? Directory { get; }

    /// <summary>Gets the parsed <see cref="Name"/>.</summary>
    internal DnsName Origin => Mailbox.Parent;

    /// <summary>Gets the mailbox in the SOA record.</summary>
    internal DnsName Mailbox { get; }

    /// <inheritdoc/>
    static DnsClusterZone IParsable<DnsClusterZone>.Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var zone) ? zone : throw new FormatException($"'{s}' is not the name of a zone, '=' and the directory of a node, which exists.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out DnsClusterZone result)
    {
        result = s?.IndexOf('=', StringComparison.Ordinal) is { } equals and > 0
            && DnsName.TryParse($"{MailboxLabel}.{s[..equals]}", out _)
            && ExistingDirectory.TryParse(s[(equals + 1)..], provider, out var directory) ? new DnsClusterZone(s[..equals], directory) : null;
        return result is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Directory is null ? Name : $"{Name}={Directory}";
}

namespace TacHost.Servers.Dns.Messages;

/// <summary>Bytes from the network are no DNS message. The only thing that reading one throws.</summary>
internal sealed class DnsFormatException(string message) : Exception(message);

namespace TacHost.Dns.Messages;

/// <summary>The exception for bytes from the network that are not a valid DNS message. Parsing throws no other exception.</summary>
internal sealed class DnsFormatException(string message) : Exception(message);

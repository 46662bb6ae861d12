namespace TacHost.Dns.Messages;

/// <summary>The OPT record of a message (RFC 6891), without its options.</summary>
internal sealed record Edns(int UdpSize, byte Version = 0, bool DnssecOk = false);

namespace TacHost.Proxies.Socks;

/// <summary>The exception for a refused request, with a reply code for the client and a message for the log.</summary>
internal sealed class SocksRefusedException(SocksReply reply, string reason) : Exception(reason)
{
    public SocksReply Reply { get; } = reply;
}

namespace TacHost.Servers.Socks;

/// <summary>A request comes to nothing, for a reason that the client is told by a number and the log in words.</summary>
internal sealed class SocksRefusedException(SocksAnswer answer, string reason) : Exception(reason)
{
    public SocksAnswer Answer { get; } = answer;
}

namespace TacHost.Servers.PortForward;

/// <summary>How a target is told who the client is: the PROXY protocol of HAProxy.</summary>
public enum ProxyHeaderVersion
{
    /// <summary>Not at all: it sees connections from this machine.</summary>
    None,

    /// <summary>By a line of text.</summary>
    V1,

    /// <summary>By a binary header.</summary>
    V2,
}

namespace TacHost.Proxies.PortForward;

/// <summary>The version of the PROXY protocol (HAProxy), which transmits the client's address to a target.</summary>
public enum ProxyHeaderVersion
{
    /// <summary>No header: the target sees connections from this machine.</summary>
    None,

    /// <summary>A header in text format.</summary>
    V1,

    /// <summary>A header in binary format.</summary>
    V2,
}

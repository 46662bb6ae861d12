using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>A connection whose peer sends some data.</summary>
public static class Feed
{
    /// <summary>Connects a protocol and sends data to it, in pieces whose lengths repeat.</summary>
    public static ProtocolHarness Into(Protocol protocol, byte[] data, params int[] lengths)
    {
        ProtocolHarness harness = new(protocol);
        harness.Receive(data, lengths);
        return harness;
    }
}

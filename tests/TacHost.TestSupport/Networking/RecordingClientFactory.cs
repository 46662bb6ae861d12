using System.Net;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Notes what a client factory is told, and hands its protocols to the test.</summary>
public sealed class RecordingClientFactory : ClientFactory
{
    /// <summary>Says what its protocols do, and has them once their connections are made.</summary>
    public RecordingFactory Protocols { get; init; } = new();

    public Journal Journal { get; } = new();

    /// <summary>What it builds in place of a recording protocol.</summary>
    public Func<Protocol?>? Builds { get; init; }

    public Exception? FailureReason { get; private set; }

    public Exception? LossReason { get; private set; }

    protected override void StartFactory() => Journal.Add("start");

    protected override void StopFactory() => Journal.Add("stop");

    protected internal override void StartedConnecting(ClientEndpoint endpoint) => Journal.Add("connecting");

    protected internal override Protocol? BuildProtocol(EndPoint peer)
    {
        Journal.Add("build");
        return Builds is null ? new RecordingProtocol(Protocols) : Builds();
    }

    protected internal override void ClientConnectionFailed(ClientEndpoint endpoint, Exception reason)
    {
        FailureReason = reason;
        Journal.Add("failed");
    }

    protected internal override void ClientConnectionLost(ClientEndpoint endpoint, Exception? reason)
    {
        LossReason = reason;
        Journal.Add("lost");
    }
}

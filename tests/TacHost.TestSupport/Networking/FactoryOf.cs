using System.Collections.Concurrent;
using System.Net;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Builds what a test says, and keeps it.</summary>
public sealed class FactoryOf(Func<EndPoint, Protocol?> build) : ServerFactory
{
    private readonly ConcurrentQueue<Protocol> _built = new();

    public IReadOnlyCollection<Protocol> Built => _built;

    public int Starts { get; private set; }

    public int Stops { get; private set; }

    /// <summary>A factory of protocols that write this and close.</summary>
    public static FactoryOf Reciters(byte[] poem) => new(_ => new ProtocolOf
    {
        WhenMade = transport =>
        {
            transport.Write(poem);
            transport.LoseConnection();
        },
    });

    protected internal override Protocol? BuildProtocol(EndPoint peer)
    {
        var protocol = build(peer);
        if (protocol is not null)
            _built.Enqueue(protocol);
        return protocol;
    }

    protected override void StartFactory() => Starts++;

    protected override void StopFactory() => Stops++;
}

using System.Net;
using System.Threading.Channels;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Hands each protocol it builds to the test, once the connection is made.</summary>
public sealed class RecordingFactory : ServerFactory
{
    private readonly Channel<RecordingProtocol> _made = Channel.CreateUnbounded<RecordingProtocol>();

    /// <summary>What a protocol does first.</summary>
    public Action<RecordingProtocol> WhenMade { get; init; } = _ => { };

    /// <summary>What a protocol does with what it receives, after noting it.</summary>
    public Action<RecordingProtocol, byte[]> WhenReceived { get; init; } = (_, _) => { };

    /// <summary>Whether its protocols go on writing after the peer has finished.</summary>
    public bool GoesOnAfterEnd { get; init; }

    public int Starts { get; private set; }

    public int Stops { get; private set; }

    /// <summary>Sends back whatever comes.</summary>
    public static RecordingFactory Echo() => new() { WhenReceived = (protocol, data) => protocol.Transport.Write(data) };

    /// <summary>Sends a text and closes, as a poem is served.</summary>
    public static RecordingFactory Saying(byte[] text) => new()
    {
        WhenMade = protocol =>
        {
            protocol.Transport.Write(text);
            protocol.Transport.LoseConnection();
        },
    };

    public Task<RecordingProtocol> NextAsync() => _made.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon();

    public bool HasNone => !_made.Reader.TryPeek(out _);

    internal void Made(RecordingProtocol protocol) => _made.Writer.TryWrite(protocol);

    protected internal override Protocol? BuildProtocol(EndPoint peer) => new RecordingProtocol(this);

    protected override void StartFactory() => Starts++;

    protected override void StopFactory() => Stops++;
}

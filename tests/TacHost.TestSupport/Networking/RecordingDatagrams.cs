using System.Net;
using System.Text;
using System.Threading.Channels;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Hands each datagram to the test, and answers it if told to.</summary>
public sealed class RecordingDatagrams : DatagramProtocol
{
    private readonly Channel<(string Text, EndPoint Peer)> _received = Channel.CreateUnbounded<(string, EndPoint)>();

    public new IDatagramTransport Transport => base.Transport;

    public Action<RecordingDatagrams, string, EndPoint> WhenReceived { get; init; } = (_, _, _) => { };

    public List<string> Calls { get; } = [];

    public static RecordingDatagrams Echo() => new() { WhenReceived = (protocol, text, peer) => protocol.Transport.Write(Encoding.UTF8.GetBytes(text), peer) };

    public Task<(string Text, EndPoint Peer)> NextAsync() => _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon();

    protected override void StartProtocol() => Calls.Add("start");

    protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        var text = Encoding.UTF8.GetString(data);
        _received.Writer.TryWrite((text, endPoint));
        WhenReceived(this, text, endPoint);
    }

    protected override void StopProtocol() => Calls.Add("stop");
}

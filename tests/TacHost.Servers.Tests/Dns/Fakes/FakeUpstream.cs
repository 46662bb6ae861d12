using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TacHost.Dns;
using TacHost.Dns.Messages;

namespace TacHost.Servers.Tests.Dns.Fakes;

/// <summary>A server that others forward to: answers what a function says, by UDP and TCP, and notes what it was asked and from where.</summary>
internal sealed class FakeUpstream : IDisposable
{
    private readonly UdpClient _datagrams;
    private readonly LoopbackServer _streams;
    private readonly Func<DnsMessage, bool, FakeUpstream, Task<DnsMessage?>> _answer;

    /// <param name="answer">Makes the response to a question by TCP, or else by UDP; null for none.</param>
    public FakeUpstream(Func<DnsMessage, bool, FakeUpstream, Task<DnsMessage?>> answer)
    {
        _answer = answer;
        _streams = new LoopbackServer(ServeAsync);
        _datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, _streams.Port));
        _ = ReceiveAsync();
    }

    public FakeUpstream(Func<DnsMessage, DnsMessage?> answer)
        : this((query, _, _) => Task.FromResult(answer(query)))
    {
    }

    public DnsUpstream Address => new(IPAddress.Loopback, _streams.Port);

    public ConcurrentQueue<(DnsMessage Query, IPEndPoint From, bool IsTcp)> Asked { get; } = [];

    /// <summary>Everything asked for has this address.</summary>
    public static FakeUpstream Saying(string address, uint ttl = 300) => new(query => Reply(query, [new DnsRecord(query.Question.Name, RecordType.A, ttl, IPAddress.Parse(address).GetAddressBytes())]));

    public static DnsMessage Reply(DnsMessage query, List<DnsRecord>? answers = null, ResponseCode code = ResponseCode.NoError, List<DnsRecord>? authorities = null, bool isTruncated = false, ushort? id = null, DnsQuestion? question = null, bool isResponse = true) => new()
    {
        Id = id ?? query.Id,
        IsResponse = isResponse,
        RecursionDesired = true,
        RecursionAvailable = true,
        IsTruncated = isTruncated,
        Code = code,
        Question = question ?? query.Question,
        Answers = answers ?? [],
        Authorities = authorities ?? [],
        Edns = new Edns(4096),
    };

    /// <summary>The SOA record that makes a negative answer last.</summary>
    public static DnsRecord Soa(string name, uint ttl, byte minimum) => new(DnsName.Parse(name, DnsName.Root), RecordType.SOA, ttl, (byte[])[0, 0, .. new byte[16], 0, 0, 0, minimum]);

    /// <summary>Sends a datagram as if it were an answer.</summary>
    public Task SendAsync(DnsMessage message, IPEndPoint to) => _datagrams.SendAsync(message.Write(), to, TestContext.Current.CancellationToken).AsTask();

    public void Dispose()
    {
        _datagrams.Dispose();
        _streams.Dispose();
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            try
            {
                var received = await _datagrams.ReceiveAsync();
                _ = AnswerAsync(received);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (e is ObjectDisposedException || _datagrams.Client is null)
                    return;
            }
        }
    }

    private async Task AnswerAsync(UdpReceiveResult received)
    {
        var query = DnsMessage.Read(received.Buffer);
        Asked.Enqueue((query, received.RemoteEndPoint, false));
        if (await _answer(query, false, this) is { } response)
            await _datagrams.SendAsync(response.Write(), received.RemoteEndPoint);
    }

    private async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var count = await socket.ReceiveAsync(buffer);
        var query = DnsMessage.Read(buffer.AsSpan(2, count - 2));
        Asked.Enqueue((query, (IPEndPoint)socket.RemoteEndPoint!, true));
        if (await _answer(query, true, this) is not { } response)
            return;
        var bytes = response.Write();
        await socket.SendAsync((byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Forwarding;

/// <summary>A single query to an upstream server, with an unpredictable ID and port. A truncated answer is fetched again over TCP.</summary>
internal static class UpstreamExchange
{
    private const int LongestDatagram = 4096;

    /// <summary>Sends a question, and waits for the answer to exactly this question from exactly this server.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="DnsFormatException">The server sent an invalid answer over TCP. An
    /// invalid answer over UDP is ignored, because it may come from an attacker.</exception>
    public static async Task<DnsMessage> AskAsync(IPEndPoint upstream, DnsQuestion question, bool dnssecOk, bool checkingDisabled, CancellationToken cancellationToken)
    {
        DnsMessage query = new()
        {
            Id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1),
            RecursionDesired = true,
            CheckingDisabled = checkingDisabled,
            Question = question,
            Edns = new Edns(DnsMessage.UsualUdpSize, DnssecOk: dnssecOk),
        };
        var answer = await AskByUdpAsync(upstream, query, cancellationToken);
        return answer.IsTruncated ? await AskByTcpAsync(upstream, query, cancellationToken) : answer;
    }

    private static async Task<DnsMessage> AskByUdpAsync(IPEndPoint upstream, DnsMessage query, CancellationToken cancellationToken)
    {
        // The kernel picks a random port, and drops datagrams that are not from the connected address and port.
        using Socket socket = new(upstream.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(upstream, cancellationToken);
        await socket.SendAsync(query.Write(), cancellationToken);
        var buffer = new byte[LongestDatagram];
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            try
            {
                var answer = DnsMessage.Read(buffer.AsSpan(0, count));
                if (IsAnswer(answer, query))
                    return answer;
            }
            catch (DnsFormatException)
            {
                // Ignore the datagram: the answer may still arrive.
            }
        }
    }

    private static async Task<DnsMessage> AskByTcpAsync(IPEndPoint upstream, DnsMessage query, CancellationToken cancellationToken)
    {
        using Socket socket = new(upstream.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(upstream, cancellationToken);
        await using NetworkStream stream = new(socket);
        var bytes = query.Write();
        await stream.WriteAsync((byte[])[(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes], cancellationToken);
        try
        {
            var length = new byte[sizeof(ushort)];
            await stream.ReadExactlyAsync(length, cancellationToken);
            var text = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(text, cancellationToken);
            var answer = DnsMessage.Read(text);
            return IsAnswer(answer, query) && !answer.IsTruncated ? answer : throw new DnsFormatException("it is the answer to something else");
        }
        catch (IOException e)
        {
            throw new DnsFormatException($"the connection ended early: {e.Message}");
        }
    }

    private static bool IsAnswer(DnsMessage answer, DnsMessage query) =>
        answer.IsResponse && answer.Id == query.Id && answer.Opcode == query.Opcode && answer.Question == query.Question;
}

using System.Net;
using System.Text;
using FastPoetry.Services.Datagrams;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>A datagram protocol that answers a request for a poem with as many datagrams as the text needs.</summary>
/// <remarks>
/// Each datagram begins with a line of ASCII words. A request is <c>ask NAME OFFSET</c>.
/// The name is encoded as in the path of a URL, and <c>*</c> stands for the first poem.
/// An answer is <c>poem NAME OFFSET LENGTH EDITION</c>, followed by the bytes of the poem from that offset.
/// A client can therefore order the fragments and request a missing one again. Fragments of different editions must not be combined.
/// The answer <c>none NAME</c> means that the poem does not exist. Anything else is not answered.
/// <para>
/// A request with a spoofed source address must not be amplified. Therefore, a request shorter than <see cref="ShortestRequest"/> bytes is not answered.
/// All answers to one request together are at most <see cref="MostAmplification"/> times as long as the request (the limit of QUIC, RFC 9000, section 8.1).
/// A client pads its request, with any bytes, according to the length of the answer that it expects.
/// Restrict access nevertheless: bind the <see cref="UdpServer"/> to an interface.
/// </para>
/// </remarks>
/// <param name="poetry">The service with the poems; must be started before the server that uses this protocol.</param>
public sealed class PoetryDatagrams(PoetryService poetry) : DatagramProtocol
{
    /// <summary>The minimum length of a request in bytes. A shorter request is not answered. It allows one answer of the maximum length.</summary>
    public const int ShortestRequest = LongestAnswer / MostAmplification;

    /// <summary>The maximum ratio of the length of all answers to the length of their request.</summary>
    public const int MostAmplification = 3;

    /// <summary>The maximum length of an answer in bytes, chosen so that networks do not fragment it.</summary>
    public const int LongestAnswer = 1200;

    /// <summary>The maximum number of answers to one request of any length.</summary>
    public const int MostAnswers = 32;

    /// <inheritdoc/>
    protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        if (data.Length < ShortestRequest || !PoemRequest.TryParse(data, out var request))
        {
            PoetryLog.NoRequest(Logger, data.Length, endPoint);
            return;
        }

        var poem = request.Name is null ? poetry.Poems[0] : poetry.Find(request.Name);
        if (poem is null)
        {
            PoetryLog.NoSuchPoem(Logger, request.Name!, endPoint);
            Transport.Write(Encoding.ASCII.GetBytes(new NoSuchPoem(request.Name!).ToLine()), endPoint);
            return;
        }

        var (sent, answers) = Answer(poem, request.Offset, data.Length * MostAmplification, endPoint);
        PoetryLog.SendingDatagrams(Logger, sent, endPoint, answers);
    }

    private (int Sent, int Answers) Answer(NamedPoem poem, int offset, int allowance, EndPoint endPoint)
    {
        Span<byte> answer = stackalloc byte[LongestAnswer];
        var start = Math.Min(offset, poem.Text.Length);
        var next = start;
        for (var answers = 0; ;)
        {
            var line = new PoemFragment(poem.Name, next, poem.Text.Length, poem.Edition).ToLine();
            var room = Math.Min(LongestAnswer, allowance) - line.Length;
            if (room <= 0 || answers == MostAnswers)
                return (next - start, answers);
            var head = Encoding.ASCII.GetBytes(line, answer);
            var piece = poem.Text.Span.Slice(next, Math.Min(room, poem.Text.Length - next));
            piece.CopyTo(answer[head..]);
            Transport.Write(answer[..(head + piece.Length)], endPoint);
            next += piece.Length;
            allowance -= head + piece.Length;
            answers++;
            if (next == poem.Text.Length)
                return (next - start, answers);
        }
    }
}

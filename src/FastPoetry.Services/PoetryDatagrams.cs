using System.Net;
using System.Text;
using FastPoetry.Services.Datagrams;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Answers datagrams that ask for a poem with as many as its text takes.</summary>
/// <remarks>
/// Each datagram begins with a line of ASCII words. A request is <c>ask NAME OFFSET</c>, where the name is written as in the path of a URL and <c>*</c> stands for the first poem.
/// An answer is <c>poem NAME OFFSET LENGTH EDITION</c> and then the bytes of the poem from that offset, so the pieces can be put in order, and a missing one asked for again;
/// pieces of two editions do not belong together. <c>none NAME</c> says that there is no such poem. Anything else gets no answer.
/// <para>
/// Whoever asks under a false address must not gain by it: a request of less than <see cref="ShortestRequest"/> bytes gets no answer, and all answers to one request together are
/// at most <see cref="MostAmplification"/> times as long as it is (the limit of QUIC, RFC 9000, section 8.1). A request is padded, with anything, to as much as it wants in return.
/// Still, let only those reach it that should: give <see cref="UdpServer"/> an interface.
/// </para>
/// </remarks>
/// <param name="poetry">Holds the poems; must be started before the server that uses this protocol.</param>
public sealed class PoetryDatagrams(PoetryService poetry) : DatagramProtocol
{
    /// <summary>The length in bytes below which a request gets no answer: so long that one whole answer is allowed for it.</summary>
    public const int ShortestRequest = LongestAnswer / MostAmplification;

    /// <summary>How many times as long as a request its answers may be, all together.</summary>
    public const int MostAmplification = 3;

    /// <summary>The longest answer in bytes: one that no network has to cut in pieces.</summary>
    public const int LongestAnswer = 1200;

    /// <summary>How many answers there are to one request at most, however long that is.</summary>
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

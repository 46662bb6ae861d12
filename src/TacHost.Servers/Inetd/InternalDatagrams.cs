using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Servers.Inetd;

/// <summary>What an internal service answers to datagrams.</summary>
/// <remarks>
/// Two services that answer everything would go on for ever if a forged datagram of one reached the other. So nothing is answered that comes from a port below 1024, where they are, from
/// NFS's or from this service itself. And chargen answers no more than it gets, so that nobody can be flooded by way of it.
/// </remarks>
internal sealed class InternalDatagrams(string name, TimeProvider timeProvider) : DatagramProtocol
{
    private const int FirstOrdinaryPort = 1024;
    private const int NetworkFileSystemPort = 2049;
    private const int MostCharacters = 512;

    private int _next;

    /// <inheritdoc/>
    protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        if (endPoint is IPEndPoint { Port: < FirstOrdinaryPort or NetworkFileSystemPort } || (endPoint as IPEndPoint)?.Port == (Transport.Local as IPEndPoint)?.Port || name == "discard")
            return;
        if (name == "echo")
            Transport.Write(data, endPoint);
        else if (name == "chargen")
            Transport.Write(Characters(Math.Min(data.Length, MostCharacters)), endPoint);
        else
            Transport.Write(InternalServices.Statement(name, timeProvider.GetLocalNow()), endPoint);
    }

    private byte[] Characters(int count)
    {
        var all = InternalServices.Characters;
        var answer = new byte[count];
        for (var i = 0; i < count; i++)
            answer[i] = all[_next++ % all.Length];
        _next %= all.Length;
        return answer;
    }
}

using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>A datagram protocol for the internal services.</summary>
/// <remarks>
/// A forged datagram could start an endless exchange between two services that reply to every datagram. Such services use ports
/// below 1024. Therefore datagrams from these ports, from the NFS port and from the port of this service are ignored.
/// A response is not longer than its request, so that the service cannot amplify an attack: chargen shortens its response, and
/// daytime and time ignore a shorter request.
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
        else if (InternalServices.Response(name, timeProvider.GetLocalNow()) is { } response && response.Length <= data.Length)
            Transport.Write(response, endPoint);
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

using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>DNS over UDP.</summary>
internal sealed class DnsDatagrams(DnsServer server) : DatagramProtocol
{
    /// <inheritdoc/>
    protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint) => _ = AnswerAsync(data.ToArray(), endPoint, Transport);

    private async Task AnswerAsync(byte[] request, EndPoint client, IDatagramTransport transport)
    {
        try
        {
            if (await server.Responder.AnswerAsync(request, (client as IPEndPoint)?.Address, isDatagram: true) is { } response)
                transport.Write(response, client);
        }
        catch (Exception e)
        {
            DnsLog.Failed(Logger, e, client);
        }
    }
}

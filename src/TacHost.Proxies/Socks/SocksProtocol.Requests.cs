using System.Net;
using System.Net.Sockets;
using TacHost.Proxies.Relaying;

namespace TacHost.Proxies.Socks;

internal sealed partial class SocksProtocol
{
    /// <summary>Gets the local address. For a client on a UNIX socket, returns the loopback address.</summary>
    private IPAddress Local => (Transport.Local as IPEndPoint)?.Address ?? IPAddress.Loopback;

    private async Task ServeAsync(SocksRequest request)
    {
        // The destination may be a name that no server answers for. The stop does not wait for it.
        using var searching = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token, StoppingToken);
        try
        {
            switch (request.Command)
            {
                case SocksCommand.Connect:
                    await ConnectAsync(request, searching.Token);
                    break;
                case SocksCommand.Bind when Options.AllowsBind:
                    await BindAsync(request, searching.Token);
                    break;
                case SocksCommand.UdpAssociate when request.Version == 5 && Options.AllowsUdp:
                    Associate(request);
                    break;
                default:
                    throw new SocksRefusedException(SocksReply.CommandNotSupported, $"the command {(int)request.Command} is not offered");
            }
        }
        catch (SocksRefusedException e)
        {
            Refuse(request.Version, e.Reply, request.Destination.ToString(), e.Message);
        }
        catch (OperationCanceledException) when (!_lost.IsCancellationRequested)
        {
            Refuse(request.Version, SocksReply.Failed, request.Destination.ToString(), "the proxy stops");
        }
    }

    private async Task ConnectAsync(SocksRequest request, CancellationToken cancellationToken)
    {
        var far = await connector.ConnectAsync(request.Destination, Client, cancellationToken);
        SocksLog.Connected(Logger, Transport.Peer, request.Destination.ToString());
        RelayTo(far, request.Reply(SocksReply.Granted, far.Local as IPEndPoint));
    }

    private async Task BindAsync(SocksRequest request, CancellationToken cancellationToken)
    {
        var anybody = request.Destination.Address is { } address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        var expected = anybody ? [] : await connector.ResolveAsync(request.Destination, Client, cancellationToken);
        await using var bind = await SocksBind.OpenAsync(Local, expected, each => connector.IsAllowed(each, request.Destination.Port, Client), _lost.Token);
        SocksLog.Bound(Logger, Transport.Peer, request.Destination.ToString(), bind.EndPoint);
        Transport.Write(request.Reply(SocksReply.Granted, bind.EndPoint));
        var far = await bind.AcceptAsync(Options.BindTimeout, _lost.Token);
        SocksLog.Connected(Logger, Transport.Peer, far.Peer.ToString()!);
        RelayTo(far, request.Reply(SocksReply.Granted, far.Peer as IPEndPoint));
    }

    private void Associate(SocksRequest request)
    {
        UdpAssociation association;
        try
        {
            association = new UdpAssociation(Local, Client ?? IPAddress.Loopback, request.Destination.Port, connector);
        }
        catch (SocketException e)
        {
            throw new SocksRefusedException(SocksReply.Failed, e.Message);
        }

        SocksLog.Associated(Logger, Transport.Peer, association.EndPoint);
        _step = Step.Done;
        _buffer = [];
        _ = RunAsync(association);
        Transport.Write(request.Reply(SocksReply.Granted, association.EndPoint));
    }

    /// <summary>Relays datagrams while the connection is open.</summary>
    private async Task RunAsync(UdpAssociation association)
    {
        using (association)
        {
            try
            {
                await association.RunAsync(_lost.Token);
            }
            catch (OperationCanceledException)
            {
                // The connection is closed, which ends the association.
            }
            catch (Exception e)
            {
                // Catches everything, because an error of one connection must not affect the others.
                SocksLog.Failed(Logger, e, Transport.Peer);
                Transport.AbortConnection();
            }
        }
    }

    private void RelayTo(OutgoingProtocol far, byte[] reply)
    {
        _step = Step.Done;
        Transport.Write(reply);
        StartRelay(far, _buffer);
        _buffer = [];
    }
}

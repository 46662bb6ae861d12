using TacHost.Proxies.Relaying;
using TacHost.Services.Networking;

namespace TacHost.Proxies.PortForward;

/// <summary>The protocol for a client of a forwarder. Reading starts after a target has been connected.</summary>
internal sealed class PortForwardProtocol(TargetList<ClientEndpoint> targets, PortForwardOptions options, LogLimit lines) : RelayedProtocol
{
    private readonly CancellationTokenSource _lost = new();

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        Transport.PauseReading();
        _ = Task.Run(ForwardAsync);
    }

    /// <inheritdoc/>
    protected override void AfterConnectionLost(Exception? reason)
    {
        _lost.Cancel();
        if (Relay is { } relay)
            PortForwardLog.Ended(Logger, Transport.Peer, relay.Bytes);
    }

    private async Task ForwardAsync()
    {
        try
        {
            if (await ConnectAsync() is not { } far)
            {
                lines.Write(more => PortForwardLog.NoTarget(Logger, Transport.Peer, more));
                Transport.AbortConnection();
                return;
            }

            var header = ProxyHeaderText.Of(options.ProxyHeader, Transport.Peer, Transport.Local);
            if (header.Length > 0)
                far.Write(header);
            StartRelay(far, ReadOnlyMemory<byte>.Empty);
            Transport.ResumeReading();
        }
        catch (OperationCanceledException)
        {
            // The client has disconnected.
        }
        catch (Exception e)
        {
            // Catches everything, because an error of one connection must not affect the others.
            PortForwardLog.Failed(Logger, e, Transport.Peer);
            Transport.AbortConnection();
        }
    }

    private async Task<OutgoingProtocol?> ConnectAsync()
    {
        foreach (var target in targets.InOrder())
        {
            var (far, reason) = await TryAsync(target);
            if (far is not null)
            {
                if (targets.NoteUp(target))
                    PortForwardLog.Back(Logger, target);
                PortForwardLog.Connected(Logger, Transport.Peer, target);
                return far;
            }

            if (targets.NoteDown(target))
                PortForwardLog.Down(Logger, target, reason);
        }

        return null;
    }

    private async Task<(OutgoingProtocol? Far, string Reason)> TryAsync(ClientEndpoint target)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_lost.Token);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            return (await target.ConnectProtocolAsync(new OutgoingProtocol(), logger: null, limit.Token), "");
        }
        catch (CannotConnectException e)
        {
            return (null, e.Message);
        }
        catch (OperationCanceledException) when (!_lost.IsCancellationRequested)
        {
            return (null, $"it did not answer within {options.ConnectTimeout.TotalSeconds:0.###} s");
        }
    }
}

using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>A protocol that waits for the poem of a proxy, sends it and closes the connection.</summary>
internal sealed class PoetryProxyProtocol(PoetryProxy proxy) : Protocol
{
    private readonly CancellationTokenSource _lost = new();

    /// <inheritdoc/>
    protected override void ConnectionMade() => _ = ReciteAsync();

    /// <summary>Continues after a half-close, because a client that sends nothing still wants the poem.</summary>
    protected override bool ReadConnectionLost() => true;

    /// <inheritdoc/>
    protected override void ConnectionLost(Exception? reason) => _lost.Cancel();

    /// <summary>Keeps the connection open until the client has received the poem or an error.</summary>
    protected override void Stopping()
    {
    }

    private async Task ReciteAsync()
    {
        try
        {
            var poem = await proxy.GetPoemAsync(_lost.Token);
            PoetryLog.Sending(Logger, poem.Length, Transport.Peer);
            Transport.Write(poem);
            Transport.LoseConnection();
        }
        catch (Exception e)
        {
            // The boundary around one connection. The proxy has already logged a PoetryException.
            if (e is not (PoetryException or OperationCanceledException))
                PoetryLog.ReciteFailed(Logger, e, Transport.Peer);
            Transport.AbortConnection();
        }
    }
}

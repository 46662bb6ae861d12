using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Waits for the poem of a proxy, sends it and closes.</summary>
internal sealed class PoetryProxyProtocol(PoetryProxy proxy) : Protocol
{
    private readonly CancellationTokenSource _lost = new();

    /// <inheritdoc/>
    protected override void ConnectionMade() => _ = ReciteAsync();

    /// <summary>A client that has nothing to say, and closes its side at once, gets the poem all the same.</summary>
    protected override bool ReadConnectionLost() => true;

    /// <inheritdoc/>
    protected override void ConnectionLost(Exception? reason) => _lost.Cancel();

    /// <summary>Stays: the client gets its poem, or the reason why not.</summary>
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

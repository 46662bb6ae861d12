using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Sends the whole poem and closes.</summary>
/// <param name="poetry">Holds the poem.</param>
public sealed class PoetryProtocol(PoetryService poetry) : Protocol
{
    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        PoetryLog.Sending(Logger, poetry.Poem.Length, Transport.Peer);
        Transport.Write(poetry.Poem);
        Transport.LoseConnection();
    }
}

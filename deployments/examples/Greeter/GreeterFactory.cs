// A library that several deployments share. A rebuild while they run disturbs none of them; 'tachost reload' takes the new one.
using System.Net;
using TacHost.Services.Networking;

namespace Greeter;

/// <summary>Builds protocols that greet each client and close.</summary>
/// <param name="greeting">The word before the address of the client.</param>
public sealed class GreeterFactory(string greeting) : ServerFactory
{
    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new Greeting($"{greeting}, {peer}.");

    private sealed class Greeting(string text) : LineProtocol
    {
        protected override void ConnectionMade()
        {
            SendLine(text);
            Transport.LoseConnection();
        }
    }
}

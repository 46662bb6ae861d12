using System.Net;
using TacHost.Services.Networking;

namespace ServiceLibrary;

/// <summary>Creates a protocol for each connection, and holds the state that all connections share.</summary>
public sealed class EchoFactory(string greeting) : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new EchoProtocol(greeting);
}

/// <summary>One connection: greets the client and answers each line. The host never calls two methods of one connection at the same time.</summary>
public sealed class EchoProtocol(string greeting) : LineProtocol
{
    protected override void ConnectionMade() => SendLine(greeting);

    protected override void LineReceived(string line)
    {
        if (line == "quit")
            Transport.LoseConnection();
        else
            SendLine($"you said: {line}");
    }
}

// Connections on which nothing is said: what bench/idle-connections measures.
using System.Net;
using TacHost.Services.Networking;

class Silent : Protocol
{
}

class SilentFactory : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new Silent();
}

var application = new Application("idle");
new TcpServer(0, new SilentFactory(), "127.0.0.1").SetServiceParent(application);

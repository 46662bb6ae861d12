// Connections on which nothing ever happens.
class IdleProtocol : Protocol;

class IdleFactory : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new IdleProtocol();
}

var application = new Application("idle");
var tcpService = new TcpServer(int.Parse(Environment.GetEnvironmentVariable("BENCH_PORT")), new IdleFactory(), "localhost");
tcpService.SetServiceParent(application);

// Two poems on two ports, each in a group of its own, in one process.
#:package FastPoetry.Services
using FastPoetry.Services;

MultiService Serve(string name, int port)
{
    var group = new MultiService();
    group.SetName(name);

    var poetryService = new PoetryService($"poetry/{name}.txt");
    poetryService.SetServiceParent(group);

    var tcpService = new TcpServer(port, new PoetryFactory(poetryService), "localhost");
    tcpService.SetServiceParent(group);

    return group;
}

var application = new Application("two-poems");
Serve("ecstasy", 10010).SetServiceParent(application);
Serve("science", 10011).SetServiceParent(application);

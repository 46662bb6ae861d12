// Transforms the poems that clients send: printf '23:cummingsify.ONE IN TEN.,' | nc localhost 10060
#:package FastPoetry.Services
using FastPoetry.Services;

// configuration parameters
var port = 10060;
var iface = "localhost";
var limits = new ConnectionLimits { MaxConnections = 1000, IdleTimeout = TimeSpan.FromSeconds(30) };

// the transforms by name
var transformService = new TransformService
{
    ["cummingsify"] = TransformService.Cummingsify,
    ["reverse"] = poem => string.Join('\n', poem.Split('\n').Reverse()),
};

// connects the factory to a listening socket; creates the socket when it is started
var tcpService = new TcpServer(port, new TransformFactory(transformService), iface) { Limits = limits };

// the one name that the host looks for
var application = new Application("transformed-poetry");
transformService.SetServiceParent(application);
tcpService.SetServiceParent(application);

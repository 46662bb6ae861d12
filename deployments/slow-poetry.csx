// A poem sent slowly: a few bytes at a time, to thousands of clients at once.
#:package FastPoetry.Services
using FastPoetry.Services;

// configuration parameters
var port = 10040;
var iface = "localhost";
var poetryFile = "poetry/ecstasy.txt";
var numBytes = 10;
var delay = TimeSpan.FromMilliseconds(100);

// holds the poem; loads it when it is started
var poetryService = new PoetryService(poetryFile);

// recites it slowly: one timer serves all connections
var factory = new SlowPoetryFactory(poetryService) { NumBytes = numBytes, Delay = delay };
var tcpService = new TcpServer(port, factory, iface);

// the one name that the host looks for
var application = new Application("slow-poetry");
poetryService.SetServiceParent(application);
tcpService.SetServiceParent(application);

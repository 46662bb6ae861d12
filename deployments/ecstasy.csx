#:package FastPoetry.Services
using FastPoetry.Services;

// configuration parameters
var port = 10000;
var iface = "localhost";
var poetryFile = "poetry/ecstasy.txt";

// the services that together form the poetry server
var topService = new MultiService();

// holds the poem; loads it when it is started
var poetryService = new PoetryService(poetryFile);
poetryService.SetServiceParent(topService);

// connects the factory to a listening socket; creates the socket when it is started
var tcpService = new TcpServer(port, new PoetryFactory(poetryService), iface);
tcpService.SetServiceParent(topService);

// the one name that the host looks for
var application = new Application("fastpoetry");
topService.SetServiceParent(application);

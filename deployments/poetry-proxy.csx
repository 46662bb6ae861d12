// Serves the poem of another poetry server, from a cached copy while that server is down.
#:package FastPoetry.Services
using FastPoetry.Services;

// configuration parameters
var upstream = "tcp:localhost:10000";
var maxAge = TimeSpan.FromMinutes(10);
var port = 10050;
var iface = "localhost";

// holds a copy of the poem; fetches it on a request if the copy is too old
var proxyService = new PoetryProxy(new PoetryClient(upstream)) { MaxAge = maxAge };

// connects the factory to a listening socket; creates the socket when it is started
var tcpService = new TcpServer(port, new PoetryProxyFactory(proxyService), iface);

// the one name that the host looks for
var application = new Application("poetry-proxy");
proxyService.SetServiceParent(application);
tcpService.SetServiceParent(application);

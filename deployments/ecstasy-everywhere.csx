// One poetry service, served by every protocol. The service knows none of them.
#:package FastPoetry.Services
#:package FastPoetry.Web
#:package TacHost.Web
using FastPoetry.Services;
using FastPoetry.Web;
using TacHost.Web;

// configuration parameters
var iface = "localhost";
var tcpPort = 10030;
var tlsPort = 10031;
var udpPort = 10032;
var httpPort = 10033;
var xmlRpcPort = 10034;
var unixSocket = "ecstasy.sock";
var behindProxy = "haproxy:tcp:10035:interface=localhost";

// generated at each start; for one that clients trust: TlsCertificate.FromPem("fullchain.pem", "privkey.pem")
var certificate = TlsCertificate.SelfSigned("localhost");

// holds the poems; loads them when it is started
var poetryService = new PoetryService("poetry/ecstasy.txt", "poetry/science.txt", "poetry/fascination.txt");

// the first poem, for each client that connects
var factory = new PoetryFactory(poetryService);
var tcpService = new TcpServer(tcpPort, factory, iface);
var tlsService = new TlsServer(tlsPort, factory, new TlsOptions(certificate), iface);
var unixService = new UnixServer(unixSocket, factory);
var proxiedService = new StreamServer(behindProxy, factory);

// any of the poems, by request
var udpService = new UdpServer(udpPort, new PoetryDatagrams(poetryService), iface);
var httpService = new HttpServer(httpPort, new PoetrySite(poetryService).AnswerAsync, iface);
var xmlRpcService = new HttpServer(xmlRpcPort, new PoetryXmlRpc(poetryService).AnswerAsync, iface);

// the one name that the host looks for
var application = new Application("ecstasy-everywhere");
foreach (var service in (IService[])[poetryService, tcpService, tlsService, unixService, proxiedService, udpService, httpService, xmlRpcService])
    service.SetServiceParent(application);

// A deployment that needs no library: the service, the protocol and the factory are defined here.

// configuration parameters
var port = 10020;
var iface = "localhost";
var poetryFile = "poetry/wonder.txt";

var poetryService = new PoetryService(poetryFile);
var tcpService = new TcpServer(port, new PoetryFactory(poetryService), iface);

// the one name that the host looks for
var application = new Application("self-contained");
poetryService.SetServiceParent(application);
tcpService.SetServiceParent(application);

// holds the poem; loads it when it is started
class PoetryService(string poetryFile) : Service
{
    public ReadOnlyMemory<byte> Poem { get; private set; }

    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        Poem = await File.ReadAllBytesAsync(poetryFile, cancellationToken);
        Logger.LogInformation("loaded {Count} bytes of poetry from {File}", Poem.Length, poetryFile);
    }
}

// recites the poem to one connection
class PoetryProtocol(PoetryService poetry) : Protocol
{
    protected override void ConnectionMade()
    {
        Logger.LogInformation("sending {Count} bytes of poetry to {Peer}", poetry.Poem.Length, Transport.Peer);
        Transport.Write(poetry.Poem);
        Transport.LoseConnection();
    }
}

// builds a protocol for each connection
class PoetryFactory(PoetryService poetry) : ServerFactory
{
    protected override Protocol BuildProtocol(EndPoint peer) => new PoetryProtocol(poetry);
}

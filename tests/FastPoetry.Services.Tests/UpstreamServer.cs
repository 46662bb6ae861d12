using System.Globalization;
using System.Net;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

/// <summary>A poetry server that counts who asks, and says what a test wants, when it wants.</summary>
internal sealed class UpstreamServer : IAsyncDisposable
{
    private readonly RecitingFactory _factory = new();
    private TcpServer _server;

    private UpstreamServer() => _server = new TcpServer(UnusedPort.Next(), _factory, "127.0.0.1");

    /// <summary>What it says.</summary>
    public byte[] Poem
    {
        set => _factory.Poem = value;
    }

    /// <summary>How it ends. Defaults to closing in good order.</summary>
    public Action<ITransport> Ending
    {
        set => _factory.Ending = value;
    }

    /// <summary>What it waits for before it says anything.</summary>
    public Task Waiting
    {
        set => _factory.Waiting = value;
    }

    /// <summary>How many have asked.</summary>
    public int Asked => _factory.Asked;

    public int Port { get; private set; }

    public string Endpoint => $"tcp:127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}:timeout=60";

    public static async Task<UpstreamServer> StartAsync(string poem)
    {
        UpstreamServer server = new() { Poem = System.Text.Encoding.UTF8.GetBytes(poem) };
        await server.StartAsync();
        return server;
    }

    /// <summary>Goes away.</summary>
    public Task StopAsync() => _server.StopAsync(new CancellationToken(canceled: true)).Soon();

    /// <summary>Comes back, where it was.</summary>
    public async Task StartAgainAsync()
    {
        _server = new TcpServer(Port, _factory, "127.0.0.1");
        await StartAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task StartAsync()
    {
        await _server.StartAsync(TestContext.Current.CancellationToken).Soon();
        Port = _server.LocalAddresses[0].Port;
    }

    private sealed class RecitingFactory : ServerFactory
    {
        private int _asked;

        public byte[] Poem { get; set; } = [];

        public Action<ITransport> Ending { get; set; } = transport => transport.LoseConnection();

        public Task Waiting { get; set; } = Task.CompletedTask;

        public int Asked => Volatile.Read(ref _asked);

        protected override Protocol BuildProtocol(EndPoint peer)
        {
            Interlocked.Increment(ref _asked);
            return new RecitingProtocol(this);
        }

        private sealed class RecitingProtocol(RecitingFactory factory) : Protocol
        {
            protected override void ConnectionMade() => _ = ReciteAsync();

            private async Task ReciteAsync()
            {
                await factory.Waiting;
                Transport.Write(factory.Poem);
                factory.Ending(Transport);
            }
        }
    }
}

using System.Net.Security;
using TacHost.Services.Networking;
using TacHost.TestSupport.Services;

namespace TacHost.TestSupport.Networking;

/// <summary>A server over plain TCP, or over TLS with a certificate in a directory.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly RunningService _running;
    private readonly StreamServer _server;
    private readonly bool _tls;

    private RunningServer(RunningService running, StreamServer server, bool tls) => (_running, _server, _tls) = (running, server, tls);

    public CollectingLoggerFactory Log => _running.Log;

    public static async Task<RunningServer> StartAsync(ServerFactory factory, TemporaryDirectory? certificates = null, ConnectionLimits? limits = null)
    {
        var endpoint = "tcp:0:interface=127.0.0.1";
        if (certificates is not null)
        {
            var (certificate, key) = TestCertificates.WritePem(certificates, "localhost");
            endpoint = $"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1";
        }

        StreamServer server = new(endpoint, factory) { Limits = limits ?? new ConnectionLimits() };
        return new RunningServer(await RunningService.StartAsync(server), server, certificates is not null);
    }

    public async Task<Client> ConnectAsync()
    {
        var client = await Client.ConnectAsync(_server.LocalAddresses[0]);
        if (_tls)
        {
            var tls = new SslStream(client.Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
            client.Stream = tls;
            await tls.AuthenticateAsClientAsync("localhost").Soon();
        }

        return client;
    }

    public Task StopAsync() => _running.StopAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();
}

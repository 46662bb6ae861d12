using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Web.Serving;

/// <summary>The listening sockets of a service, whose connections Kestrel serves. They are bound in the privileged part of the start.</summary>
internal sealed class KestrelListeners : IConnectionHandler
{
    private static readonly TimeSpan _timeAtStop = TimeSpan.FromSeconds(1);

    private readonly Dictionary<EndPoint, AcceptedConnections> _accepted = [];
    private readonly ListenerGroup _group;

    public KestrelListeners(Service service, ServerEndpoint endpoint, ConnectionLimits limits) => _group = new ListenerGroup(service, endpoint, this, limits);

    /// <inheritdoc cref="ListenerGroup.LocalAddresses"/>
    public IReadOnlyList<EndPoint> LocalAddresses => _group.LocalAddresses;

    /// <summary>Gets whether the endpoint uses TLS.</summary>
    public bool IsTls => _group.TlsOptions is not null;

    /// <summary>Gets the listener factory for Kestrel.</summary>
    public AcceptedConnectionsFactory Factory => new(_accepted);

    /// <inheritdoc cref="ListenerGroup.BindAsync"/>
    public Task BindAsync(CancellationToken cancellationToken) => _group.BindAsync(cancellationToken);

    /// <summary>Adds the bound sockets to the settings of Kestrel.</summary>
    public void Configure(KestrelServerOptions options, ILoggerFactory loggers)
    {
        foreach (var endPoint in LocalAddresses)
        {
            _accepted[endPoint] = new AcceptedConnections(endPoint, loggers);
            options.Listen(endPoint, Secure);
        }
    }

    /// <inheritdoc cref="ListenerGroup.Start"/>
    public void Start() => _group.Start();

    /// <inheritdoc/>
    public void Handle(AcceptedConnection connection) => _accepted[connection.Listener].Add(connection);

    /// <summary>Closes the sockets, stops Kestrel and waits for the running requests.</summary>
    /// <param name="stop">Stops Kestrel.</param>
    /// <param name="cancellationToken">Aborts the connections that are still open.</param>
    public async Task StopAsync(Func<Task> stop, CancellationToken cancellationToken)
    {
        await _group.CloseAsync();
        var stopping = stop();
        await EndSilentConnectionsAsync(stopping);
        await stopping;
        foreach (var accepted in _accepted.Values)
            await accepted.DisposeAsync();
        _accepted.Clear();
        await _group.DrainAsync(cancellationToken);
    }

    /// <summary>
    /// Closes the connections without a running request, after a delay for requests in transit.
    /// Kestrel itself would wait for the rest of an incomplete header.
    /// </summary>
    private async Task EndSilentConnectionsAsync(Task stopping)
    {
        while (true)
        {
            await stopping.WaitAsync(_timeAtStop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCompleted)
                return;
            foreach (var accepted in _accepted.Values)
                accepted.EndUnlessAnswering();
        }
    }

    private void Secure(ListenOptions listen)
    {
        if (_group.TlsOptions is not { } choose)
            return;
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = _group.HandshakeTimeout,
            OnConnection = hello => choose(hello.SslStream, hello.ClientHelloInfo, hello.State, hello.CancellationToken),
        });
    }
}

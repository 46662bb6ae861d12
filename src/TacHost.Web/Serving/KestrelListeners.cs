using System.Collections.Concurrent;
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
    /// <summary>The maximum number of aborted connections that are named in the log.</summary>
    private const int MostNamed = 5;

    private static readonly TimeSpan _timeAtStop = TimeSpan.FromSeconds(1);

    /// <summary>The time for handlers to end after their connections are aborted. Shorter than Kestrel's second, which would exceed the grace period of the tree.</summary>
    private static readonly TimeSpan _timeToAbort = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<EndPoint, AcceptedConnections> _accepted = new();
    private readonly ListenerGroup _group;

    public KestrelListeners(Service service, ServerEndpoint endpoint, ConnectionLimits limits, ILogger logger) => (_group, _logger) = (new ListenerGroup(service, endpoint, this, limits), logger);

    /// <inheritdoc cref="ListenerGroup.LocalAddresses"/>
    public IReadOnlyList<EndPoint> LocalAddresses => _group.LocalAddresses;

    /// <summary>Gets the peer of each open connection with its running requests, or how long it has been idle.</summary>
    public IReadOnlyList<string> OpenConnections => [.. _accepted.Values.SelectMany(accepted => accepted.Open)];

    public bool IsTls => _group.TlsOptions is not null;

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
    /// <param name="cancellationToken">Aborts the connections that are still open. A handler that then still runs is left alone.</param>
    public async Task StopAsync(Func<CancellationToken, Task> stop, CancellationToken cancellationToken)
    {
        await _group.CloseAsync();

        // Kestrel aborts after the connections have been read, because it forgets those that it aborts.
        IReadOnlyList<string> open = [];
        using CancellationTokenSource abort = new();
        await using var aborting = cancellationToken.UnsafeRegister(_ =>
        {
            open = OpenConnections;
            abort.Cancel();
        }, null);
        var stopping = StopKestrelAsync(() => stop(abort.Token));
        await EndSilentConnectionsAsync(stopping, abort.Token);
        if (stopping.IsCompleted || await HasEndedAfterAbortAsync(stopping, open))
            await stopping;
        await _group.DrainAsync(cancellationToken);
    }

    private async Task StopKestrelAsync(Func<Task> stop)
    {
        await stop();
        foreach (var accepted in _accepted.Values)
            await accepted.DisposeAsync();
        _accepted.Clear();
    }

    /// <summary>Logs the aborted connections, and waits a moment for their handlers.</summary>
    private async Task<bool> HasEndedAfterAbortAsync(Task stopping, IReadOnlyList<string> open)
    {
        if (open.Count > 0)
            WebLog.RequestsAborted(_logger, open.Count, string.Join("; ", open.Take(MostNamed)) + (open.Count > MostNamed ? "; and more" : ""));
        await stopping.WaitAsync(_timeToAbort, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return stopping.IsCompleted;
    }

    /// <summary>
    /// Closes the connections without a running request, after a delay for requests in transit.
    /// Kestrel itself would wait for the rest of an incomplete header.
    /// </summary>
    private async Task EndSilentConnectionsAsync(Task stopping, CancellationToken cancellationToken)
    {
        while (true)
        {
            await stopping.WaitAsync(_timeAtStop, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCompleted || cancellationToken.IsCancellationRequested)
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

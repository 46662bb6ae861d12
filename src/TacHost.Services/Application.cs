using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;
using TacHost.Services.Supervision;

namespace TacHost.Services;

/// <summary>The root of a deployment's tree, and what the process that runs it should be.</summary>
/// <remarks>
/// A tac file leaves one in its global named <c>application</c>. Everything that is shared by a whole tree belongs to it, so that
/// several applications can live in one process. Ported from <c>twisted.application.service.Application</c>.
/// </remarks>
public sealed class Application : MultiService, IAsyncDisposable
{
    private int _exitCode;
    private bool _isDisposed;
    private string? _baseDirectory;
    private readonly ForwardingLoggerFactory _earlyLoggers = new();
    private ILoggerFactory? _loggerFactory;
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes an application without services.</summary>
    /// <param name="name">Its name, the first part of every path and log category in its tree.</param>
    public Application(string name)
    {
        ConnectionMetrics = new ConnectionMetrics(this);
        SetName(name);
    }

    /// <summary>Gets or sets the factory that creates the loggers of all services in the tree. A tac file may set one of its own, such as Serilog's; the host disposes it at the end. Otherwise the host sets
    /// one for its log before it starts the tree. The option --logger goes before both. Defaults to one that keeps up to 1,000 lines and forwards them, and later ones, to the factory that is set.</summary>
    public ILoggerFactory LoggerFactory
    {
        get => _loggerFactory ?? _earlyLoggers;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _loggerFactory = value;
            _earlyLoggers.ForwardTo(value);
        }
    }

    /// <summary>Gets whether <see cref="LoggerFactory"/> has been set.</summary>
    public bool HasLoggerFactory => _loggerFactory is not null;

    /// <summary>Gets the providers that receive all log lines beside the host's log. The host disposes them at the end. They are read when the tree is started, and not used with a <see cref="LoggerFactory"/> of the tac file's own.</summary>
    public IList<ILoggerProvider> LoggerProviders { get; } = [];

    /// <summary>The user that the process becomes once the privileged part of the start is over, or null to stay. The command line goes before it. Defaults to null.</summary>
    public int? Uid { get; set; }

    /// <summary>The group that the process becomes, or null for the user's own. The command line goes before it. Defaults to null.</summary>
    public int? Gid { get; set; }

    /// <summary>Gets or sets the directory that relative paths of the tree start at. The host sets it to the run directory. Defaults to the working directory of the process.</summary>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public string BaseDirectory
    {
#pragma warning disable RS0030 // the one place that reads it, for an application without a host
        get => _baseDirectory ?? Environment.CurrentDirectory;
#pragma warning restore RS0030
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (!Path.IsPathFullyQualified(value))
                throw new ArgumentException($"'{value}' cannot be the base directory, because it is not an absolute path.", nameof(value));
            _baseDirectory = value;
        }
    }

    /// <summary>The exit code of the process when it has run and stopped as asked. A service may set it at any time. Defaults to 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 255.</exception>
    public int ExitCode
    {
        get => _exitCode;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, byte.MaxValue);
            _exitCode = value;
        }
    }

    /// <summary>Ends once <see cref="RequestStop"/> has been called. The host waits for it and then stops the tree.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>Fails with <see cref="ServiceFailedException"/> when a running service has failed and no collection on the way up has dealt with it; otherwise never ends.</summary>
    public Task Failed => _failed.Task;

    /// <summary>What the connections of the tree add up to.</summary>
    internal ConnectionMetrics ConnectionMetrics { get; }

    /// <summary>Gets the sockets that are kept open while their services are restarted.</summary>
    internal ListeningSockets ListeningSockets { get; } = new();

    /// <summary>Asks the host to stop the tree and end the process with <see cref="ExitCode"/>, as a service does whose work is done. Returns at once; twistd's <c>reactor.stop()</c>.</summary>
    public void RequestStop() => _stopRequested.TrySetResult();

    /// <summary>Disposes the hosted services of the tree that are not services themselves, in reverse, once each. Called when the application will not start again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
            await DisposeBelowAsync(this);
    }

    /// <summary>Returns what the connections of a service add up to, or null for a service without connections.</summary>
    /// <param name="service">A service of this tree.</param>
    public ConnectionTotals? GetConnectionTotals(IService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return ConnectionMetrics.TotalsOf(service.ServicePath);
    }

    /// <summary>Returns the absolute form of a path. A relative one starts at <see cref="BaseDirectory"/>, wherever the process works.</summary>
    /// <exception cref="ArgumentException">The path is empty or has a NUL character in it.</exception>
    public new string ResolvePath(string path) => Path.GetFullPath(path, BaseDirectory);

    /// <inheritdoc/>
    internal override async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            await base.StopCoreAsync(cancellationToken);
        }
        finally
        {
            ListeningSockets.Close();
            ConnectionMetrics.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void OnServiceFailed(IService child, IService origin, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(origin);
        _failed.TrySetException(new ServiceFailedException(origin.ServicePath, failure));
    }

    private static async Task DisposeBelowAsync(IServiceCollection parent)
    {
        foreach (var child in parent.Reverse())
        {
            if (child is IServiceCollection group)
                await DisposeBelowAsync(group);
            else if (child is HostedService)
                await ServiceDisposal.DisposeAsync(child);
        }
    }
}

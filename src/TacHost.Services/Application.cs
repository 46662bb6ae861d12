using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;
using TacHost.Services.Supervision;

namespace TacHost.Services;

/// <summary>The root of a service tree, with the settings of the process that runs it.</summary>
/// <remarks>
/// A tac file leaves an application in its global variable <c>application</c>. All state that a
/// tree shares belongs to its application, so that several applications can live in one process.
/// Ported from <c>twisted.application.service.Application</c>.
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

    /// <summary>Initializes an application without services.</summary>
    /// <param name="name">The name, the first part of every path and log category in the tree.</param>
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

    /// <summary>Gets the additional providers that receive all log lines. The host disposes them at the end.</summary>
    /// <remarks>The host reads the list when it starts the tree. It ignores the list if the tac file sets its own <see cref="LoggerFactory"/>.</remarks>
    public IList<ILoggerProvider> LoggerProviders { get; } = [];

    /// <summary>Gets or sets the log file, its maximum size, and how long rotated files are kept. The command line overrides each of its properties.</summary>
    public LogFileOptions LogFile { get; set { ArgumentNullException.ThrowIfNull(value); field = value; } } = new();

    /// <summary>
    /// Gets or sets the user ID to switch to after the privileged start, or null to keep the current user. The command line overrides it. Defaults to null.
    /// </summary>
    public int? Uid { get; set => field = value is { } id ? SettingRange.AtLeast(id, 0) : null; }

    /// <summary>Gets or sets the group ID to switch to, or null for the group of the user. The command line overrides it. Defaults to null.</summary>
    public int? Gid { get; set => field = value is { } id ? SettingRange.AtLeast(id, 0) : null; }

    /// <summary>
    /// Gets or sets the directory that relative paths in the tree are resolved against. The
    /// host sets it to the run directory. Defaults to the working directory of the process.
    /// </summary>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public string BaseDirectory
    {
#pragma warning disable RS0030 // the only place that reads it, for an application without a host
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

    /// <summary>
    /// Gets or sets the epoch of this start in a cluster, or null outside of a cluster. A later start of the same deployment, on whichever
    /// node, has a larger number. The host sets it before the services start, so that they can pass it to what they write to.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public long? Epoch { get; set => field = value is { } epoch ? SettingRange.AtLeast(epoch, 0) : null; }

    /// <summary>Gets or sets the exit code of the process after a requested stop. A service may set it at any time. Defaults to 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 255.</exception>
    public int ExitCode
    {
        get => _exitCode;
        set
        {
            _exitCode = SettingRange.Number(value, 0, byte.MaxValue);
        }
    }

    /// <summary>Gets a task that completes after a call of <see cref="RequestStop"/>. The host awaits the task and then stops the tree.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>
    /// Gets a task that fails with <see cref="ServiceFailedException"/> when a running
    /// service fails and no ancestor handles the failure. Otherwise it never completes.
    /// </summary>
    public Task Failed => _failed.Task;

    internal ConnectionMetrics ConnectionMetrics { get; }

    /// <summary>Gets the sockets that stay open while their services are restarted.</summary>
    internal ListeningSockets ListeningSockets { get; } = new();

    /// <summary>
    /// Requests that the host stops the tree and exits with <see cref="ExitCode"/>, for example when
    /// the work of a service is done. Returns at once. Corresponds to twistd's <c>reactor.stop()</c>.
    /// </summary>
    public void RequestStop() => _stopRequested.TrySetResult();

    /// <summary>
    /// Disposes each hosted service of the tree that is not itself an <see cref="IService"/>,
    /// once and in reverse order. Call it when the application will not start again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true))
            await DisposeBelowAsync(this);
    }

    /// <summary>Returns the totals of the connections of a service, or null for a service without connections.</summary>
    /// <param name="service">A service of this tree.</param>
    public ConnectionTotals? GetConnectionTotals(IService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return ConnectionMetrics.TotalsOf(service.ServicePath);
    }

    /// <summary>
    /// Returns the absolute form of a path. Resolves a relative path against <see cref="BaseDirectory"/>, whatever the working directory of the process is.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty or contains a NUL character.</exception>
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

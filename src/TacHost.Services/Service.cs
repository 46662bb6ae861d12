using Microsoft.Extensions.Logging;

namespace TacHost.Services;

/// <summary>The base class of services: a name, a parent, and a state machine for start and stop.</summary>
/// <remarks>
/// Override <see cref="OnPrivilegedStartAsync"/>, <see cref="OnStartAsync"/> and
/// <see cref="OnStopAsync"/>, or <see cref="ExecuteAsync"/>. An override need not call the base method.
/// The host calls them one after another, never two at a time for one service.
/// Constructing a service must not have side effects. Ported from <c>twisted.application.service.Service</c>.
/// </remarks>
public abstract class Service : IService
{
    /// <summary>The name under which the host sets an <see cref="Action{T}"/> that is called for each new service.</summary>
    private const string Observer = "TacHost.ServiceObserver";

    /// <summary>The return value of <see cref="ExecuteAsync"/> for services without a body.</summary>
    private static readonly Task _noBody = MakeTask();

    private readonly Lock _gate = new();
    private string? _name;
    private IServiceCollection? _parent;
    private readonly ServiceLife _life;
    private long _nextTry;
    private ServiceLogger? _logger;
    private StartFiles? _startFiles;

    /// <summary>Initializes a service that is stopped and has no parent.</summary>
    protected Service()
    {
        _life = new ServiceLife(this);

        // Only 'tachost check' sets it, and finds the line of the service by the stack.
        if (AppContext.GetData(Observer) is Action<IService> observe)
            observe(this);
    }

    /// <inheritdoc/>
    public string? Name => _name;

    /// <inheritdoc/>
    public IServiceCollection? Parent => _parent;

    /// <inheritdoc/>
    public ServiceState State => _life.State;

    /// <summary>Gets whether <see cref="State"/> is <see cref="ServiceState.Running"/>.</summary>
    public bool Running => State == ServiceState.Running;

    /// <inheritdoc/>
    public Exception? LastFailure => _life.LastFailure;

    /// <inheritdoc/>
    public DateTimeOffset? StartedAt => ToTime(_life.StartedAt);

    /// <inheritdoc/>
    public DateTimeOffset? StateSince => ToTime(_life.StateSince);

    /// <inheritdoc/>
    public int Restarts { get; private set; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> WaitsFor => [];

    /// <inheritdoc/>
    public DateTimeOffset? NextTry => ToTime(Volatile.Read(ref _nextTry));

    /// <inheritdoc/>
    public string ServicePath => _parent is IService parent ? $"{parent.ServicePath}/{Segment ?? OwnName}" : OwnName;

    /// <summary>
    /// Gets the logger of this service. Its category consists of the names from the root,
    /// with the type name instead of this service's own name if it has none.
    /// Discards log lines while the service is not in an <see cref="Application"/>.
    /// </summary>
    protected internal ILogger Logger => (_logger ??= new ServiceLogger(this)).Current;

    /// <summary>Gets the application at the root of the tree, or null if the service is not in an application.</summary>
    protected internal Application? Application
    {
        get
        {
            IService? root = this;
            while (root?.Parent is { } parent)
                root = parent as IService;
            return root as Application;
        }
    }

    /// <summary>Gets the recorded files that have changed since the last start read them; see <see cref="RecordFile"/>. Checks each file.</summary>
    public IReadOnlyList<string> ChangedFiles => _startFiles?.Changed ?? [];

    /// <summary>Gets or sets the segment of this service in <see cref="ServicePath"/>. The parent assigns it, because it must be unique among siblings.</summary>
    internal string? Segment { get; set; }

    internal virtual string OwnName => _name ?? TypeName.Of(GetType());

    /// <summary>Gets or sets the task source that the body awaits before it runs, or null. Set it before the start.</summary>
    internal TaskCompletionSource? BodyGate { get; set; }

    /// <summary>Gets or sets whether the parent does not list the service: it is new and not in its place yet, or it has been replaced and stops.</summary>
    internal bool IsApart { get; set; }

    /// <summary>Gets the phase of the state machine, which is more detailed than <see cref="State"/>.</summary>
    internal ServicePhase Phase => _life.Phase;

    internal bool IsStarting => _life.IsStarting;

    /// <summary>Gets the collection that is notified of failures: the parent, or the service itself if it is a root collection.</summary>
    internal IServiceCollection? Supervising => _parent ?? this as IServiceCollection;

    /// <inheritdoc/>
    public void SetName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains('/') || name.Any(char.IsControl))
            throw new ArgumentException($"'{name}' cannot name a service, because a name has no '/' and no control character in it.", nameof(name));
        if (_parent is not null)
            throw new InvalidOperationException($"The service '{ServicePath}' cannot be named '{name}', because it has a parent already. Call SetName before SetServiceParent.");
        _name = name;
    }

    /// <inheritdoc/>
    public void SetServiceParent(IServiceCollection parent) =>
        Join(parent, () =>
        {
            parent.AddService(this);
            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public async Task SetServiceParentAsync(IServiceCollection parent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parent);
        if (_parent is not null)
            await DisownServiceParentAsync(cancellationToken);
        await Join(parent, () => parent.AddServiceAsync(this, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task DisownServiceParentAsync(CancellationToken cancellationToken = default)
    {
        var parent = _parent ?? throw new InvalidOperationException($"The service '{ServicePath}' has no parent to leave.");
        try
        {
            await parent.RemoveServiceAsync(this, cancellationToken);
        }
        finally
        {
            ClearParent(parent);
        }
    }

    /// <inheritdoc/>
    public Task PrivilegedStartAsync(CancellationToken cancellationToken) => _life.StartAsync(whole: false, cancellationToken);

    /// <summary>Starts the service. Runs the privileged part first if it has not been run.</summary>
    /// <remarks>
    /// If the start fails or is cancelled, <see cref="OnStopAsync"/> runs and the service
    /// becomes <see cref="ServiceState.Failed"/>. It need not be stopped then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The service is starting, running or stopping, or its parent is stopping.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _life.StartAsync(whole: true, cancellationToken);

    /// <summary>Stops the service and completes when it has stopped. Has no effect on a stopped service. A second call awaits the first.</summary>
    /// <remarks>
    /// Stopping a service that is starting cancels the start. The start throws <see cref="OperationCanceledException"/>, and this call returns when
    /// <see cref="OnStopAsync"/> has run. A start must therefore not await the stop of its own service.
    /// </remarks>
    /// <param name="cancellationToken">Cancelled at the end of the grace period.</param>
    public Task StopAsync(CancellationToken cancellationToken) => _life.StopAsync(cancellationToken);

    /// <summary>
    /// Returns the absolute form of a path. Resolves a relative path against the <see cref="Services.Application.BaseDirectory"/>
    /// of the application, or against the working directory if the service is not in an application.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty or contains a NUL character.</exception>
#pragma warning disable RS0030 // a service without an application has no other directory
    protected internal string ResolvePath(string path) => Application?.ResolvePath(path) ?? Path.GetFullPath(path);
#pragma warning restore RS0030

    /// <summary>
    /// Runs the part of the start that needs privileges, before the process drops them. Runs exactly once in each start, before <see cref="OnStartAsync"/>.
    /// </summary>
    protected virtual Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the service. The service is running when the task completes. If the task fails, the start of the tree fails.</summary>
    protected virtual Task OnStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Releases the resources of the start. Runs once for each start, even if the start failed or was cancelled.
    /// Therefore, it must handle resources that were never created.
    /// </summary>
    /// <param name="cancellationToken">Cancelled at the end of the grace period. Abort connections and other work then instead of waiting.</param>
    protected virtual Task OnStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Runs the long-running body. It begins once the service is running, on the thread
    /// that started it, up to its first await. If it throws, the service fails.
    /// </summary>
    /// <param name="stoppingToken">Cancelled when the service is to stop. The stop awaits the body, but not longer than
    /// the grace period, and then calls <see cref="OnStopAsync"/>. The body must not await that stop itself.</param>
    /// <remarks>If the body returns, the service remains running. Only a <see cref="Supervision.Supervisor"/> treats it as a normal end.</remarks>
    protected virtual Task ExecuteAsync(CancellationToken stoppingToken) => _noBody;

    /// <summary>Reports that the service has failed, for example that a listener can no longer accept or a client stops retrying. Thread-safe; returns at once.</summary>
    /// <remarks>
    /// A running service becomes <see cref="ServiceState.Failed"/>, and its parent is notified on another
    /// thread. A <see cref="Supervision.Supervisor"/> restarts the service; otherwise, the process ends.
    /// A call during a start cancels the start, which fails with this reason. At any other time, the failure is only logged.
    /// </remarks>
    /// <param name="failure">The reason.</param>
    protected void Fail(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        _life.Fail(failure);
    }

    /// <summary>Runs the privileged part of a start. A group also runs that of its children.</summary>
    internal virtual Task PrivilegedStartCoreAsync(CancellationToken cancellationToken) => OnPrivilegedStartAsync(cancellationToken);

    /// <summary>Runs the rest of a start. A group also starts its children.</summary>
    internal virtual Task StartCoreAsync(CancellationToken cancellationToken) => OnStartAsync(cancellationToken);

    /// <summary>Runs a stop. A group also stops its children.</summary>
    internal virtual Task StopCoreAsync(CancellationToken cancellationToken) => OnStopAsync(cancellationToken);

    /// <summary>Called after all services of an externally requested start have started.</summary>
    internal virtual Task AfterStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called before the first service of an externally requested stop is stopped.</summary>
    internal virtual Task BeforeStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after all services of an externally requested stop have stopped.</summary>
    internal virtual Task AfterStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the body.</summary>
    /// <returns>The task of the body, or null for a service without a body.</returns>
    internal Task? Execute(CancellationToken stoppingToken) => ExecuteAsync(stoppingToken) is var body && body == _noBody ? null : body;

    /// <summary>Sets the time of the next start, or null if no start is scheduled.</summary>
    internal void SetNextTry(DateTimeOffset? time) => Volatile.Write(ref _nextTry, time?.UtcTicks ?? 0);

    internal void CountRestart() => Restarts++;

    /// <summary>Replaces a stopped instance and copies its history.</summary>
    internal void Succeed(Service old, IServiceCollection parent)
    {
        lock (_gate)
            (_parent, Segment) = (parent, old.Segment);
        (Restarts, _life.LastFailure) = (old.Restarts, old.LastFailure);
    }

    /// <summary>
    /// Records that this start depends on a file. A reload replaces the service if the file has changed. Call it during the start, before the file is read.
    /// </summary>
    /// <param name="path">The path, as shown in messages. A relative path is resolved against the base directory of the application.</param>
    protected internal void RecordFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_startFiles ??= new StartFiles()).Record(path, ResolvePath(path));
    }

    private Task Join(IServiceCollection parent, Func<Task> add)
    {
        ArgumentNullException.ThrowIfNull(parent);
        for (var above = parent; above is not null; above = (above as IService)?.Parent)
        {
            if (ReferenceEquals(above, this))
                throw new InvalidOperationException($"The service '{ServicePath}' cannot join '{PathOf(parent)}', because that is itself or a part of it.");
        }

        lock (_gate)
        {
            if (_parent is not null)
                throw new InvalidOperationException($"The service '{ServicePath}' cannot join '{PathOf(parent)}', because it belongs to '{PathOf(_parent)}' already. Await SetServiceParentAsync to move it.");
            _parent = parent;
        }

        Task added;
        try
        {
            added = add();
        }
        catch
        {
            ClearParent(parent);
            throw;
        }

        return added.IsCompletedSuccessfully ? added : LeaveIfRefused(parent, added);
    }

    private async Task LeaveIfRefused(IServiceCollection parent, Task added)
    {
        try
        {
            await added;
        }
        catch
        {
            ClearParent(parent);
            throw;
        }
    }

    /// <summary>Moves the service from a parent that is not running to a running one, without adding it to the children yet.</summary>
    internal void MoveBeside(MultiService from, MultiService to)
    {
        lock (_gate)
        {
            if (_parent != from)
                throw new InvalidOperationException($"The service '{ServicePath}' cannot join '{to.ServicePath}', because it does not belong to '{from.ServicePath}' any more.");
            _parent = to;
        }

        IsApart = true;
    }

    /// <summary>Clears the parent, unless it has been replaced.</summary>
    internal void ClearParent(IServiceCollection parent)
    {
        lock (_gate)
        {
            if (_parent != parent)
                return;
            _parent = null;
            Segment = null;
        }
    }

    /// <summary>Creates a logger for an object of this service, such as a factory. The category starts with the same names.</summary>
    internal ILogger LoggerNamed(string leaf) => ServiceLogger.Make(this, leaf);

    /// <summary>Creates a completed task that differs from <see cref="Task.CompletedTask"/>, because a body may return that.</summary>
    private static Task MakeTask()
    {
        TaskCompletionSource source = new();
        source.SetResult();
        return source.Task;
    }

    private static DateTimeOffset? ToTime(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    internal static string PathOf(IServiceCollection collection) =>
        collection is IService service ? service.ServicePath : TypeName.Of(collection.GetType());
}

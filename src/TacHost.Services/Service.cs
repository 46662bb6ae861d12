using Microsoft.Extensions.Logging;

namespace TacHost.Services;

/// <summary>The base of all services: a name, a parent, and a state machine around what a derived class does at start and stop.</summary>
/// <remarks>
/// Override <see cref="OnPrivilegedStartAsync"/>, <see cref="OnStartAsync"/> and <see cref="OnStopAsync"/>, or <see cref="ExecuteAsync"/>; none
/// needs a call of the base. The host makes these calls one after another, never two at a time for one service.
/// Constructing a service must have no effect outside of it. Ported from <c>twisted.application.service.Service</c>.
/// </remarks>
public abstract class Service : IService
{
    /// <summary>Returned by services without a body.</summary>
    private static readonly Task _noBody = MakeTask();

    private readonly Lock _gate = new();
    private string? _name;
    private IServiceCollection? _parent;
    private readonly ServiceLife _life;
    private long _nextTry;
    private ServiceLogger? _logger;
    private StartFiles? _startFiles;

    /// <summary>Initializes a service that is stopped and has no parent.</summary>
    protected Service() => _life = new ServiceLife(this);

    /// <inheritdoc/>
    public string? Name => _name;

    /// <inheritdoc/>
    public IServiceCollection? Parent => _parent;

    /// <inheritdoc/>
    public ServiceState State => _life.State;

    /// <summary>Whether <see cref="State"/> is <see cref="ServiceState.Running"/>.</summary>
    public bool Running => State == ServiceState.Running;

    /// <inheritdoc/>
    public Exception? LastFailure => _life.LastFailure;

    /// <inheritdoc/>
    public DateTimeOffset? StartedAt => ToTime(_life.StartedAt);

    /// <inheritdoc/>
    public int Restarts { get; private set; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> WaitsFor => [];

    /// <inheritdoc/>
    public DateTimeOffset? NextTry => ToTime(Volatile.Read(ref _nextTry));

    /// <inheritdoc/>
    public string ServicePath => _parent is IService parent ? $"{parent.ServicePath}/{Segment ?? OwnName}" : OwnName;

    /// <summary>
    /// Where this service logs to; the category is made of the names from the root, with the type in place of this service's own if it has none.
    /// Logs nowhere while the service is in no <see cref="Application"/>.
    /// </summary>
    protected internal ILogger Logger => (_logger ??= new ServiceLogger(this)).Current;

    /// <summary>The application at the root of the tree, or null while the service is not in one.</summary>
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

    /// <summary>Gets the recorded files that have changed since the last start read them; see <see cref="RecordFile"/>. Looks at each of them.</summary>
    public IReadOnlyList<string> ChangedFiles => _startFiles?.Changed ?? [];

    /// <summary>This service's part of <see cref="ServicePath"/>, given by the parent because it must differ from the siblings'.</summary>
    internal string? Segment { get; set; }

    /// <summary>The name, or a description of the type for one that has none.</summary>
    internal virtual string OwnName => _name ?? TypeName.Of(GetType());

    /// <summary>What the body waits for before it begins, or null. Set before the start.</summary>
    internal TaskCompletionSource? BodyGate { get; set; }

    /// <summary>Gets or sets whether the parent does not list the service: it is new and not in its place yet, or it has been replaced and stops.</summary>
    internal bool IsApart { get; set; }

    /// <summary>The phase of the state machine, which tells more than <see cref="State"/>.</summary>
    internal ServicePhase Phase => _life.Phase;

    /// <summary>Whether a call of the start is under way.</summary>
    internal bool IsStarting => _life.IsStarting;

    /// <summary>The collection that is told of failures: the parent, or a root itself.</summary>
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

    /// <summary>Starts the service, beginning with the privileged part unless that has been done.</summary>
    /// <remarks>If the start fails or is cancelled, <see cref="OnStopAsync"/> is called and the service is <see cref="ServiceState.Failed"/>; nothing is left to stop.</remarks>
    /// <exception cref="InvalidOperationException">The service is starting, running or stopping, or its parent is stopping.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _life.StartAsync(whole: true, cancellationToken);

    /// <summary>Stops the service and returns when it has stopped. Has no effect on a stopped service; a second call waits for the first.</summary>
    /// <remarks>
    /// A service that is starting is stopped by cancelling its start. The start throws <see cref="OperationCanceledException"/>, and this call returns when
    /// <see cref="OnStopAsync"/> has run. A start must therefore not await the stop of its own service.
    /// </remarks>
    /// <param name="cancellationToken">Cancelled when the grace period is over.</param>
    public Task StopAsync(CancellationToken cancellationToken) => _life.StopAsync(cancellationToken);

    /// <summary>Returns the absolute form of a path. A relative one starts at the application's <see cref="Services.Application.BaseDirectory"/>, or at the working directory while the service is in no application.</summary>
    /// <exception cref="ArgumentException">The path is empty or has a NUL character in it.</exception>
#pragma warning disable RS0030 // a service without an application has no other directory
    protected internal string ResolvePath(string path) => Application?.ResolvePath(path) ?? Path.GetFullPath(path);
#pragma warning restore RS0030

    /// <summary>What must happen before the process gives up its privileges. Runs exactly once in each start, before <see cref="OnStartAsync"/>.</summary>
    protected virtual Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the service. It counts as running when the task ends; if the task fails, so does the start of the tree.</summary>
    protected virtual Task OnStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Releases whatever the start took hold of. Runs once for each start, also after one that failed or was cancelled half-way,
    /// so it must cope with what was never made.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the grace period is over: from then on, give up politeness and let go.</param>
    protected virtual Task OnStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A long-running body. It begins once the service is running, on the thread that started it, up to its first await; if it throws, the service has failed.</summary>
    /// <param name="stoppingToken">Cancelled when the service is to stop. The stop waits for the body to end, but no longer than the grace period, then calls <see cref="OnStopAsync"/>. So the body must not await that stop itself.</param>
    /// <remarks>A body that returns leaves the service running, except under a <see cref="Supervision.Supervisor"/>: it counts as a normal end there.</remarks>
    protected virtual Task ExecuteAsync(CancellationToken stoppingToken) => _noBody;

    /// <summary>Declares that the service has failed: a listener that can no longer accept, a client that has given up. May be called from any thread; returns at once.</summary>
    /// <remarks>
    /// A running service becomes <see cref="ServiceState.Failed"/>, and its parent is told on another thread: a <see cref="Supervision.Supervisor"/> restarts it,
    /// otherwise the process ends. During a start the start is cancelled and fails with this reason. At any other time the failure is only logged.
    /// </remarks>
    /// <param name="failure">The reason.</param>
    protected void Fail(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        _life.Fail(failure);
    }

    /// <summary>The privileged part of a start, with what a group adds to it.</summary>
    internal virtual Task PrivilegedStartCoreAsync(CancellationToken cancellationToken) => OnPrivilegedStartAsync(cancellationToken);

    /// <summary>The rest of a start, with what a group adds to it.</summary>
    internal virtual Task StartCoreAsync(CancellationToken cancellationToken) => OnStartAsync(cancellationToken);

    /// <summary>A stop, with what a group adds to it.</summary>
    internal virtual Task StopCoreAsync(CancellationToken cancellationToken) => OnStopAsync(cancellationToken);

    /// <summary>Runs when every service of a start that was asked for from outside has started.</summary>
    internal virtual Task AfterStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before any service of a stop that was asked for from outside stops.</summary>
    internal virtual Task BeforeStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs when every service of a stop that was asked for from outside has stopped.</summary>
    internal virtual Task AfterStopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins the body.</summary>
    /// <returns>The body, or null for a service without one.</returns>
    internal Task? Execute(CancellationToken stoppingToken) => ExecuteAsync(stoppingToken) is var body && body == _noBody ? null : body;

    /// <summary>Notes when the service will be started again; null if no start is due.</summary>
    internal void SetNextTry(DateTimeOffset? time) => Volatile.Write(ref _nextTry, time?.UtcTicks ?? 0);

    /// <summary>Counts a restart.</summary>
    internal void CountRestart() => Restarts++;

    /// <summary>Takes the place of an instance that has stopped, with its history.</summary>
    internal void Succeed(Service old, IServiceCollection parent)
    {
        lock (_gate)
            (_parent, Segment) = (parent, old.Segment);
        (Restarts, _life.LastFailure) = (old.Restarts, old.LastFailure);
    }

    /// <summary>Records that this start depends on a file. A reload replaces the service if the file is another one by then. Call it in the start, before the file is read.</summary>
    /// <param name="path">The path, as messages are to name it. A relative path starts at the base directory of the application.</param>
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

    /// <summary>Leaves a parent that does not run for one that does, without being listed among its children yet.</summary>
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

    /// <summary>Forgets a parent, unless another has taken its place.</summary>
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

    /// <summary>A logger for something that belongs to this service, such as a factory, under the same names as the service's own.</summary>
    internal ILogger LoggerNamed(string leaf) => ServiceLogger.Make(this, leaf);

    /// <summary>A completed task that is not <see cref="Task.CompletedTask"/>, which a body may return.</summary>
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

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services;

/// <summary>The base of all services: a name, a parent, and a state machine around what a derived class does at start and stop.</summary>
/// <remarks>
/// Override <see cref="OnPrivilegedStartAsync"/>, <see cref="OnStartAsync"/> and <see cref="OnStopAsync"/>, or <see cref="ExecuteAsync"/>; none
/// needs a call of the base. The host makes these calls one after another, never two at a time for one service.
/// Constructing a service must have no effect outside of it. Ported from <c>twisted.application.service.Service</c>.
/// </remarks>
public abstract partial class Service : IService
{
    private readonly Lock _gate = new();
    private string? _name;
    private IServiceParent? _parent;
    private volatile ServiceState _state;
    private bool _privilegedPartDone;
    private bool _stopOwed;
    private TaskCompletionSource? _stopped;
    private CancellationTokenSource? _stopping;
    private Task _body = Task.CompletedTask;
    private CachedLogger? _logger;

    /// <inheritdoc/>
    public string? Name => _name;

    /// <inheritdoc/>
    public IServiceParent? Parent => _parent;

    /// <inheritdoc/>
    public ServiceState State => _state;

    /// <summary>Whether <see cref="State"/> is <see cref="ServiceState.Running"/>.</summary>
    public bool Running => _state == ServiceState.Running;

    /// <summary>What made the service fail last, or null. Kept until the next start.</summary>
    public Exception? LastFailure { get; private set; }

    /// <inheritdoc/>
    public string ServicePath => _parent is IService parent ? $"{parent.ServicePath}/{Segment ?? OwnName}" : OwnName;

    /// <summary>
    /// Where this service logs to; the category is made of the names from the root, with the type in place of this service's own if it has none.
    /// Logs nowhere while the service is in no <see cref="Application"/>.
    /// </summary>
    protected internal ILogger Logger
    {
        get
        {
            var factory = Application?.LoggerFactory ?? NullLoggerFactory.Instance;
            var category = LogCategory(OwnName);
            if (_logger is not { } known || known.Factory != factory || known.Category != category)
                _logger = known = new CachedLogger(factory, category, factory.CreateLogger(category));
            return known.Logger;
        }
    }

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

    /// <summary>This service's part of <see cref="ServicePath"/>, given by the parent because it must differ from the siblings'.</summary>
    internal string? Segment { get; set; }

    /// <summary>The name, or a description of the type for one that has none.</summary>
    internal virtual string OwnName => _name ?? TypeName.Of(GetType());

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
    public void SetServiceParent(IServiceParent parent) =>
        Join(parent, () =>
        {
            parent.AddService(this);
            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public async Task SetServiceParentAsync(IServiceParent parent, CancellationToken cancellationToken = default)
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
            Leave(parent);
        }
    }

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
    protected virtual Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;

    private Task Join(IServiceParent parent, Func<Task> add)
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
            Leave(parent);
            throw;
        }

        return added.IsCompletedSuccessfully ? added : LeaveIfRefused(parent, added);
    }

    private async Task LeaveIfRefused(IServiceParent parent, Task added)
    {
        try
        {
            await added;
        }
        catch
        {
            Leave(parent);
            throw;
        }
    }

    /// <summary>Forgets a parent, unless another has taken its place.</summary>
    internal void Leave(IServiceParent parent)
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
    internal ILogger LoggerNamed(string leaf) =>
        (Application?.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategory(leaf));

    private string LogCategory(string leaf)
    {
        for (var ancestor = _parent as IService; ancestor is not null; ancestor = ancestor.Parent as IService)
        {
            if (ancestor.Name is not null)
                leaf = $"{ancestor.Name}/{leaf}";
        }

        return leaf;
    }

    internal static string PathOf(IServiceParent collection) =>
        collection is IService service ? service.ServicePath : TypeName.Of(collection.GetType());

    /// <summary>A logger with what it was made from: any of that changes when this service or one above it moves.</summary>
    private sealed record CachedLogger(ILoggerFactory Factory, string Category, ILogger Logger);
}

using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Supervision;

/// <summary>A group that restarts children which have ended, as supervisors in Erlang do.</summary>
/// <remarks>
/// A child has ended when it or a service below it has failed, when its start has failed, or when its long-running body has returned. A child that was
/// stopped on request is not restarted. A restart stops the children of the strategy in reverse order, waits for the back-off, and starts them in order.
/// It starts the same instances, or new ones from a factory. If the maximum number of restarts is exceeded, the supervisor itself fails, and its parent decides.
/// A failed first start fails the start of the tree unless <see cref="RetryFirstStart"/> is set.
/// Ends of children are handled one at a time, in order, on the thread pool. A stop of the tree cancels a restart at once.
/// </remarks>
public class Supervisor : MultiService
{
    private readonly Restarter _restarter;

    /// <summary>Initializes a supervisor without children.</summary>
    /// <param name="strategy">Which children are restarted when one has ended.</param>
    /// <param name="maxRestarts">The number of restarts allowed within the time; one more makes the supervisor fail. 0 restarts nothing; <see cref="int.MaxValue"/> is no limit.</param>
    /// <param name="within">The time in which restarts are counted. Defaults to one minute.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strategy is not defined, the number is negative, or the time is not greater than zero.</exception>
    public Supervisor(RestartStrategy strategy = RestartStrategy.OneForOne, int maxRestarts = 5, TimeSpan? within = null)
    {
        if (!Enum.IsDefined(strategy))
            throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "The restart strategy is not defined.");
        ArgumentOutOfRangeException.ThrowIfNegative(maxRestarts);
        var time = within ?? TimeSpan.FromMinutes(1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(within));
        _restarter = new Restarter(this, strategy, maxRestarts, time);
    }

    /// <summary>
    /// Gets the delays before restarts. A child that has run for <see cref="Backoff.ResetAfter"/> is restarted at once.
    /// Defaults to 0.2 seconds after the first shorter run, doubled after each further one up to 30 seconds, with a random time of less than 0.1 seconds on top.
    /// </summary>
    public Backoff Backoff { get; init; } = new()
    {
        InitialDelay = TimeSpan.FromSeconds(0.1),
        Factor = 2,
        MaxDelay = TimeSpan.FromSeconds(30),
        Jitter = () => TimeSpan.FromSeconds(Random.Shared.NextDouble() / 10),
    };

    /// <summary>Gets the function that decides about a failure, or null to restart after every failure. The policy of the child has the last word about a restart. If the function throws, the supervisor fails.</summary>
    public Func<Exception, Directive>? Decider { get; init; }

    /// <summary>Gets whether a child that fails in the first start is restarted like any other. Defaults to false: the start of the tree fails.</summary>
    public bool RetryFirstStart { get; init; }

    /// <summary>Gets how long the stop of a child may take in a restart. If it takes longer, the supervisor fails. Defaults to 30 seconds.</summary>
    public TimeSpan StopTimeout { get; init => field = SettingRange.Delay(value); } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the clock of delays and limits. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Adds a child with a policy of its own, without starting it. Children that are added in other ways are <see cref="RestartPolicy.Permanent"/>.</summary>
    /// <param name="child">The child. A hosted service that is not an <see cref="IService"/> is wrapped.</param>
    /// <param name="policy">When the child is restarted.</param>
    /// <returns>The child as the tree sees it.</returns>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>.</exception>
    public IService AddService(IHostedService child, RestartPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(child);
        var service = child as IService ?? new HostedService(child);
        _restarter.Know(service, new SupervisedChild(policy));
        AddService(service);
        return service;
    }

    /// <summary>Adds a child with a policy of its own, and starts it if the supervisor is running. If the start fails, the child is not added.</summary>
    /// <param name="child">The child.</param>
    /// <param name="policy">When the child is restarted.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>.</exception>
    public Task AddServiceAsync(IService child, RestartPolicy policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(child);
        _restarter.Know(child, new SupervisedChild(policy) { RestartedAt = TimeProvider.GetTimestamp() });
        return AddServiceAsync(child, cancellationToken);
    }

    /// <summary>Adds a <see cref="RestartPolicy.Permanent"/> child of which each restart makes a new instance.</summary>
    /// <inheritdoc cref="AddService(Func{IHostedService}, RestartPolicy, string?)"/>
    public void AddService(Func<IHostedService> factory) => AddService(factory, RestartPolicy.Permanent, null);

    /// <summary>Adds a child of which each restart makes a new instance, as a <see cref="BackgroundService"/> needs. Calls the factory for the first instance, and starts nothing.</summary>
    /// <remarks>A new instance has the path of the old one. The old one is disposed.</remarks>
    /// <param name="factory">Makes a new instance on each call.</param>
    /// <param name="policy">When the child is restarted.</param>
    /// <param name="name">The name of each instance, or null to leave it as it is.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="IService.SetServiceParent"/>; or the factory has returned null or a service that is in a tree.</exception>
    public void AddService(Func<IHostedService> factory, RestartPolicy policy, string? name)
    {
        ArgumentNullException.ThrowIfNull(factory);
        SupervisedChild supervised = new(policy, factory, name);
        var first = supervised.Make();
        _restarter.Know(first, supervised);
        AddService(first);
    }

    /// <inheritdoc/>
    public sealed override void ServiceCompleted(IService child)
    {
        ArgumentNullException.ThrowIfNull(child);
        Exits.Post(new ChildExit(child, child, null));
    }

    /// <summary>Begins to handle the ends of children, once the supervisor runs.</summary>
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Exits.Open();
        return base.ExecuteAsync(stoppingToken);
    }

    /// <summary>Not called: the supervisor handles failures itself.</summary>
    protected sealed override void OnServiceFailed(IService child, IService origin, Exception failure)
    {
    }

    internal override async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        Exits.Close();
        _restarter.Begin();
        await base.StartCoreAsync(cancellationToken);
    }

    internal override async Task StopCoreAsync(CancellationToken cancellationToken)
    {
        Exits.Close();
        await _restarter.EndAsync(cancellationToken);
        await base.StopCoreAsync(cancellationToken);
    }

    private protected override void OnRemoved(IService child) => _restarter.Forget(child);

    private protected override async Task StartInPassAsync(IService child, Func<CancellationToken, Task> startAsync, CancellationToken cancellationToken)
    {
        try
        {
            await base.StartInPassAsync(child, startAsync, cancellationToken);
        }
        catch (Exception e) when (RetryFirstStart && !cancellationToken.IsCancellationRequested)
        {
            // After a failed privileged part, the pass that follows tries the whole start.
            if (State == ServiceState.Starting && Phase == ServicePhase.Starting)
                Exits.Post(new ChildExit(child, child, e, IsFailedStart: true));
        }
    }

    private protected override async Task HandleExitAsync(ChildExit exit)
    {
        if (Phase != ServicePhase.Running)
            return;
        try
        {
            if (exit.Child is null)
                await _restarter.StartDueAsync();
            else
                await _restarter.HandleAsync(exit.Child, exit);
        }
        catch (OperationCanceledException) when (_restarter.IsEnding)
        {
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }
}

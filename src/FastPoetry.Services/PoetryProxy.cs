using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>Holds a copy of the poem that another server says, and gets a new one when somebody asks and the copy is too old.</summary>
/// <remarks>
/// However many ask at the same time, the other server is asked once. While it is away, the last good copy is served, however old.
/// That other server may be a proxy too. After the tutorial's poetry proxy.
/// </remarks>
/// <param name="upstream">Fetches the poem, within its limits of length and time.</param>
public sealed class PoetryProxy(PoetryClient upstream) : Service
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _stopping;
    private Task<ReadOnlyMemory<byte>>? _fetching;
    private ReadOnlyMemory<byte>? _copy;
    private long _fetched;
    private long? _failed;

    /// <summary>How old the copy may be, when the other server can be reached. Zero asks it each time, <see cref="Timeout.InfiniteTimeSpan"/> once. Defaults to ten minutes.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the last good copy is served after an attempt has failed, before the next one. Defaults to five seconds.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock for both. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    private bool IsFresh => MaxAge == Timeout.InfiniteTimeSpan || TimeProvider.GetElapsedTime(_fetched) < MaxAge;

    private bool HasJustFailed => _failed is { } failed && TimeProvider.GetElapsedTime(failed) < RetryAfter;

    /// <summary>The poem. May be called by several threads at once.</summary>
    /// <param name="cancellationToken">Gives the waiting up, but not the attempt, for which others may wait.</param>
    /// <exception cref="PoetryException">The other server says none, and never did since the start.</exception>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    /// <exception cref="OperationCanceledException">Also when the service is stopped meanwhile.</exception>
    public Task<ReadOnlyMemory<byte>> GetPoemAsync(CancellationToken cancellationToken = default)
    {
        Task<ReadOnlyMemory<byte>> fetching;
        lock (_gate)
        {
            if (_stopping is null)
                throw new InvalidOperationException($"There is no poem before the service '{ServicePath}' is started.");
            if (_copy is { } copy && (IsFresh || HasJustFailed))
                return Task.FromResult(copy);
            var stoppingToken = _stopping.Token;
            fetching = _fetching ??= Task.Run(() => FetchAsync(stoppingToken), CancellationToken.None);
        }

        return fetching.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            (_stopping, _copy, _failed) = (new CancellationTokenSource(), null, null);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        CancellationTokenSource? stopping;
        Task fetching;
        lock (_gate)
        {
            (stopping, _stopping) = (_stopping, null);
            fetching = _fetching ?? Task.CompletedTask;
        }

        if (stopping is null)
            return;
        await stopping.CancelAsync();
        await fetching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> FetchAsync(CancellationToken stoppingToken)
    {
        try
        {
            var poem = await upstream.FetchAsync(stoppingToken);

            // A server that is about to stop says the same.
            if (poem.IsEmpty)
                throw new PoetryException($"No poem came from '{upstream.Server}', because it closed the connection without a word.");
            PoetryLog.Fetched(Logger, poem.Length, upstream.Server);
            lock (_gate)
                (_copy, _fetched, _failed) = (poem, TimeProvider.GetTimestamp(), null);
            return poem;
        }
        catch (PoetryException e)
        {
            ReadOnlyMemory<byte>? copy;
            TimeSpan age;
            lock (_gate)
            {
                (copy, _failed) = (_copy, TimeProvider.GetTimestamp());
                age = TimeProvider.GetElapsedTime(_fetched);
            }

            if (copy is not { } last)
            {
                PoetryLog.NothingToServe(Logger, e.Message);
                throw;
            }

            PoetryLog.ServingTheLast(Logger, e.Message, age);
            return last;
        }
        finally
        {
            lock (_gate)
                _fetching = null;
        }
    }
}

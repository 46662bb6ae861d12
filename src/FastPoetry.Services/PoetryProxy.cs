using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>A service that caches the poem of an upstream server and fetches it again when the copy is requested and too old.</summary>
/// <remarks>
/// Concurrent requests share one fetch. While the upstream server is unavailable, the last good copy of any age is served.
/// The upstream server may itself be a proxy. Modelled on the poetry proxy of the Twisted tutorial.
/// </remarks>
/// <param name="upstream">The client that fetches the poem, with its limits of length and time.</param>
public sealed class PoetryProxy(PoetryClient upstream) : Service, IServiceNeeds
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _stopping;
    private Task<ReadOnlyMemory<byte>>? _fetching;
    private ReadOnlyMemory<byte>? _copy;
    private long _fetched;
    private long? _failed;

    /// <summary>
    /// Gets the maximum age of the copy while the upstream server is available. Zero fetches for
    /// each request, <see cref="Timeout.InfiniteTimeSpan"/> only once. Defaults to ten minutes.
    /// </summary>
    public TimeSpan MaxAge
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
                ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxAge));
            field = value;
        }
    } = TimeSpan.FromMinutes(10);

    /// <summary>Gets the time for which the last good copy is served after a failed fetch, before the next fetch. Defaults to five seconds.</summary>
    public TimeSpan RetryAfter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(RetryAfter));
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the clock for <see cref="MaxAge"/> and <see cref="RetryAfter"/>. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => upstream.Server.NeedsOf(this);

    private bool IsFresh => MaxAge == Timeout.InfiniteTimeSpan || TimeProvider.GetElapsedTime(_fetched) < MaxAge;

    private bool HasJustFailed => _failed is { } failed && TimeProvider.GetElapsedTime(failed) < RetryAfter;

    /// <summary>Returns the poem. Thread-safe.</summary>
    /// <param name="cancellationToken">Cancels the wait, but not the fetch, because other callers may share it.</param>
    /// <exception cref="PoetryException">The fetch failed, and no fetch has succeeded since the start.</exception>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, or the service was stopped.</exception>
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

            // A server that is shutting down also closes without data.
            if (poem.IsEmpty)
                throw new PoetryException($"No poem was received from '{upstream.Server}', because it closed the connection without sending anything.");
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

using System.Net;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>A factory whose protocols send a poem to each connection a few bytes at a time.</summary>
/// <remarks>
/// One timer serves all connections, so that ten thousand connections do not need more threads than one.
/// A client that does not read is skipped until it reads again. Ported from <c>slowpoetry.py</c> of the Twisted tutorial.
/// </remarks>
/// <param name="poetry">The service with the poem; must be started before the listener that uses this factory.</param>
public sealed class SlowPoetryFactory(PoetryService poetry) : ServerFactory
{
    private readonly Lock _gate = new();
    private readonly HashSet<SlowPoetryProtocol> _listening = [];
    private SlowPoetryProtocol[] _round = [];
    private ITimer? _timer;
    private int _ticking;

    /// <summary>Gets the number of bytes sent at a time. Defaults to 10, as in the tutorial.</summary>
    public int NumBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(NumBytes));
            field = value;
        }
    } = 10;

    /// <summary>
    /// Gets the interval between two rounds. A round that takes longer delays the next,
    /// and missed rounds are skipped. Defaults to 0.7 seconds, as in the tutorial.
    /// </summary>
    public TimeSpan Delay
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1), nameof(Delay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(uint.MaxValue - 1), nameof(Delay));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(700);

    /// <summary>Gets the clock. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    protected override void StartFactory() => _timer = TimeProvider.CreateTimer(_ => Tick(), null, Delay, Delay);

    /// <inheritdoc/>
    protected override void StopFactory() => _timer?.Dispose();

    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new SlowPoetryProtocol(this, poetry.Poem);

    internal void Add(SlowPoetryProtocol protocol)
    {
        lock (_gate)
            _listening.Add(protocol);
    }

    internal void Remove(SlowPoetryProtocol protocol)
    {
        lock (_gate)
            _listening.Remove(protocol);
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) == 1)
            return;
        int count;
        lock (_gate)
        {
            count = _listening.Count;
            if (_round.Length < count)
                _round = new SlowPoetryProtocol[count * 2];
            _listening.CopyTo(_round);
        }

        foreach (var protocol in _round.AsSpan(0, count))
            protocol.SendMore();
        Array.Clear(_round);
        Volatile.Write(ref _ticking, 0);
    }
}

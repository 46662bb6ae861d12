namespace TacHost.Tests.Reloading;

/// <summary>What services of every load context write down.</summary>
internal sealed class Events : IDisposable
{
    private static readonly SemaphoreSlim _oneAtATime = new(1);

    private readonly List<string> _events = [];

    public Events()
    {
        _oneAtATime.Wait(TestContext.Current.CancellationToken);
        AppContext.SetData("EVENTS", _events);
    }

    public override string ToString() => Of("");

    public string Of(string what)
    {
        lock (_events)
            return string.Join(", ", _events.Where(each => each.StartsWith(what, StringComparison.Ordinal)));
    }

    public int CountOf(string what)
    {
        lock (_events)
            return _events.Count(each => each.StartsWith(what, StringComparison.Ordinal));
    }

    public void Clear()
    {
        lock (_events)
            _events.Clear();
    }

    /// <summary>Waits until something has happened.</summary>
    public async Task WaitFor(string what)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (CountOf(what) == 0)
            await Task.Delay(5, limit.Token);
    }

    public void Dispose() => _oneAtATime.Release();
}

using TacHost.Bench.Report;

namespace TacHost.Bench.Measurements;

/// <summary>Something that is measured, and gives one row or several.</summary>
/// <param name="Name">What --only and --list call it.</param>
/// <param name="IsChecked">Whether it is part of --check.</param>
internal abstract record Measurement(string Name, bool IsChecked = false)
{
    /// <exception cref="InvalidOperationException">It did not work.</exception>
    public abstract IEnumerable<Row> Take(Bench bench);
}

/// <summary>All of them, in the order of the table.</summary>
internal static class AllMeasurements
{
    public static IReadOnlyList<Measurement> List { get; } =
    [
        new StartUp(),
        new PackagedStart(),
        new ColdStart(),
        new DetachedStart(),
        new Reloads(),
        new CommandLines(),
        new Serving(),
        new HalfLoad(),
        new IdleMemory(),
        new MemoryAfterPoems(),
        new IdleConnections(),
        new Trees(),
        new LogLines(),
        new LogDelay(),
        new GreatPoem(),
        new PublishedSize(),
    ];
}

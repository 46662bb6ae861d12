namespace TacHost.TestSupport;

/// <summary>The limit of every wait in a test.</summary>
public static class Bounded
{
    /// <summary>How long a test waits for an event. Only a test that is going to fail waits so long, so the limit suits a machine that has much else to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static Task Soon(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}

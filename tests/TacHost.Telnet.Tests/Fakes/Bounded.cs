namespace TacHost.Telnet.Tests.Fakes;

/// <summary>No test waits longer than this for anything.</summary>
internal static class Bounded
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Task Soon(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}

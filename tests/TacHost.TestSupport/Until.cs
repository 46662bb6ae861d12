using System.Diagnostics;
using System.Text;

namespace TacHost.TestSupport;

/// <summary>Bounded waits for what another thread or process does and no event announces.</summary>
public static class Until
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again and again until something is there.</summary>
    /// <param name="look">Returns null as long as it is not there.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="limit">Defaults to <see cref="Bounded.Patience"/>.</param>
    public static async Task<T> FoundAsync<T>(Func<T?> look, string what, TimeSpan? limit = null)
        where T : class
    {
        var longest = limit ?? Bounded.Patience;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (look() is { } found)
                return found;
            if (Stopwatch.GetElapsedTime(start) > longest)
                throw new TimeoutException($"Waited {longest} in vain for {what}.");
            await Task.Delay(_step, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) => FoundAsync(() => condition() ? "" : null, what, limit);

    /// <summary>Reads what a process prints up to the line that has a text in it.</summary>
    /// <returns>Everything that was read.</returns>
    public static async Task<string> SaidAsync(Process process, string text)
    {
        using var limit = new CancellationTokenSource(Bounded.Patience);
        var said = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            said.Append(line).Append('\n');
            if (line.Contains(text, StringComparison.Ordinal))
                return said.ToString();
        }

        throw new InvalidOperationException($"The process ended without saying '{text}':\n{said}{await process.StandardError.ReadToEndAsync(limit.Token)}");
    }

    public static Task GoneAsync(int process) => TrueAsync(() => !IsAlive(process), $"the end of process {process}");

    /// <summary>Whether a process runs. A zombie runs while it has other threads: until the last one has ended, its files are open and its locks are held.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/status");
            return !status.Contains("\nState:\tZ", StringComparison.Ordinal) || !status.Contains("\nThreads:\t1\n", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}

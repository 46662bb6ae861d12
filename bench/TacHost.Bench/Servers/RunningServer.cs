using System.Diagnostics;
using System.Globalization;
using TacHost.Bench.Interop;
using TacHost.Bench.Load;

namespace TacHost.Bench.Servers;

/// <summary>A server that has been started; stopped when disposed of.</summary>
internal sealed class RunningServer(string name, ServerSetup setup, Process? process) : IDisposable
{
    private static readonly TimeSpan _untilKilled = TimeSpan.FromSeconds(20);

    private readonly Lazy<int> _id = new(() => process?.Id ?? int.Parse(File.ReadAllText(setup.InDirectory("pid")), CultureInfo.InvariantCulture));

    public string Name => name;

    public int Port => setup.Port;

    public int Id => _id.Value;

    /// <summary>Waits until the poem can be fetched.</summary>
    public RunningServer WaitForPoem(byte[] poem)
    {
        Connection.FetchWhenThere(Port, poem, () => process is { HasExited: true } ? $"{name} ended with {process.ExitCode} before it served." : null);
        return this;
    }

    /// <summary>Waits until its memory has stayed the same for a while.</summary>
    /// <returns>Resident memory in bytes.</returns>
    public double SettledMemory()
    {
        var last = 0.0;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            Thread.Sleep(300);
            var now = ProcessFigures.Resident(Id);
            if (Math.Abs(now - last) < 64 * 1024)
                return now;
            last = now;
        }

        return last;
    }

    /// <summary>Waits for it to end by itself.</summary>
    public void WaitForEnd(TimeSpan atMost)
    {
        if (!process!.WaitForExit(atMost))
            throw new TimeoutException($"{name} did not end within {atMost.TotalSeconds} seconds.");
    }

    public void Dispose()
    {
        _ = Libc.Signal(Id, Libc.Terminated);
        if (process is not null)
        {
            if (!process.WaitForExit(_untilKilled))
                process.Kill();
            process.WaitForExit();
            process.Dispose();
            return;
        }

        var began = Stopwatch.GetTimestamp();
        while (ProcessFigures.Exists(Id))
        {
            if (Stopwatch.GetElapsedTime(began) > _untilKilled)
                _ = Libc.Signal(Id, Libc.Killed);
            Thread.Sleep(5);
        }
    }
}

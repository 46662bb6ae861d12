using System.Globalization;
using Microsoft.Extensions.Logging;
using TacHost.Servers.Processes;

namespace TacHost.Servers.ProcMon;

/// <summary>One command that is kept running: each of its runs, and the time between them.</summary>
internal sealed class MonitoredProcess(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?>? environment, string? directory)
{
    private const int ReadSize = 4096;

    /// <summary>How long output may keep coming once no process of the group is left: somebody who left the group holds the pipe.</summary>
    private static readonly TimeSpan _drainTime = TimeSpan.FromSeconds(1);

    private CancellationTokenSource _stopping = new();
    private CancellationTokenSource _hurry = new();
    private CancellationTokenSource _restart = new();
    private Task _life = Task.CompletedTask;
    private ChildProcess? _child;
    private long _began;

    public string Name => name;

    /// <summary>The process id of the present run, or null between two.</summary>
    public int? ProcessId => _child?.Id;

    /// <summary>Starts the first run, and keeps the command running from then on.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    public void Start(RestartTimes times, int longestLine, ILogger logger)
    {
        (_stopping, _hurry) = (new CancellationTokenSource(), new CancellationTokenSource());
        var child = Spawn(times, logger);
        _life = Task.Run(() => LiveAsync(child, times, longestLine, logger), CancellationToken.None);
    }

    /// <summary>Ends the present run, and lets it start again as after any other end. Does nothing between two runs.</summary>
    public void Restart() => _restart.Cancel();

    /// <summary>Ends the present run and starts no other; ends when no process of it is left.</summary>
    /// <param name="cancellationToken">Kills what is left at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using var hurry = cancellationToken.Register(() =>
        {
            // Nobody waits any more: the signal goes out before this process can come to its end.
            _child?.Group.Kill();
            _hurry.Cancel();
        });
        await _life;
    }

    private async Task LiveAsync(ChildProcess? child, RestartTimes times, int longestLine, ILogger logger)
    {
        RestartDelay delays = new(times.Threshold, times.MinRestartDelay, times.MaxRestartDelay);
        while (true)
        {
            if (child is null)
            {
                try
                {
                    child = Spawn(times, logger);
                }
                catch (IOException e)
                {
                    var pause = delays.After(TimeSpan.Zero);
                    ProcMonLog.CannotStart(logger, name, e.Message, When(pause));
                    if (!await PauseAsync(pause, times.TimeProvider))
                        return;
                    continue;
                }
            }

            await RunAsync(child, times, longestLine, logger);
            var (process, end) = (child.Id, child.Group.Ended.IsCompletedSuccessfully ? await child.Group.Ended : default);
            child = null;
            if (_stopping.IsCancellationRequested)
            {
                ProcMonLog.Stopped(logger, name, process, end);
                return;
            }

            var delay = delays.After(times.TimeProvider.GetElapsedTime(_began));
            ProcMonLog.Ended(logger, name, process, end, When(delay));
            if (!await PauseAsync(delay, times.TimeProvider))
                return;
        }
    }

    /// <summary>One run, to the end of its whole group and of its output.</summary>
    private async Task RunAsync(ChildProcess child, RestartTimes times, int longestLine, ILogger logger)
    {
        using (child)
        {
            using CancellationTokenSource drained = new();
            var output = Task.WhenAll(LogAsync(child.Output, longestLine, logger, drained.Token), LogAsync(child.Errors, longestLine, logger, drained.Token));
            using (var asked = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _restart.Token))
                await ((Task)child.Group.Ended).WaitAsync(asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ProcessGroupEnd.ReachAsync(child.Group, name, times.KillTime, times.TimeProvider, logger, _hurry.Token);
            _child = null;
            drained.CancelAfter(_drainTime);
            await output;
        }
    }

    private ChildProcess Spawn(RestartTimes times, ILogger logger)
    {
        _restart = new CancellationTokenSource();
        var child = ChildProcess.Start(command, InheritedEnvironment.With(environment ?? new Dictionary<string, string?>()), directory);
        (_child, _began) = (child, times.TimeProvider.GetTimestamp());
        ProcMonLog.Started(logger, name, child.Id);
        return child;
    }

    /// <summary>Logs what comes through a pipe. A log that is slow holds the program up, as a slow terminal would.</summary>
    private async Task LogAsync(Stream output, int longestLine, ILogger logger, CancellationToken drained)
    {
        LineSplitter lines = new(longestLine, line => ProcMonLog.Printed(logger, name, line));
        var buffer = new byte[ReadSize];
        try
        {
            while (await output.ReadAsync(buffer, drained) is var count and > 0)
                lines.Append(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Whoever still writes there has nobody to read it.
        }

        lines.Complete();
    }

    private async Task<bool> PauseAsync(TimeSpan delay, TimeProvider timeProvider)
    {
        await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_stopping.IsCancellationRequested;
    }

    private static string When(TimeSpan delay) =>
        delay == TimeSpan.Zero ? "at once" : string.Create(CultureInfo.InvariantCulture, $"in {delay.TotalSeconds:0.###} s");
}

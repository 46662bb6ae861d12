using System.Diagnostics;
using System.Globalization;
using System.Text;
using TacHost.Hosting;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Reloads an application at each save of a source file, or of a file that a service has read at its start (<c>--watch</c>).</summary>
/// <remarks>
/// Polls the files. Unlike inotify, this works on all file systems and for editors that replace a file or its directory.
/// The state of the files is compared with the state before they were read. So a save during a start or a reload causes another reload.
/// </remarks>
internal sealed class SaveWatch : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The time for an editor that removes or empties a file before it writes the new content.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(1);

    private readonly Deployment _deployment;
    private readonly CancellationTokenSource _over = new();

    /// <summary>Begins to watch a running application.</summary>
    public SaveWatch(Deployment deployment)
    {
        _deployment = deployment;
        _ = Task.Run(RunAsync);
    }

    public void Dispose() => _over.Cancel();

    private async Task RunAsync()
    {
        using PeriodicTimer timer = new(_interval);
        var hasFailed = false;
        var handled = Text(_deployment.Source.Files);
        var last = handled;
        var since = 0L;
        while (!_over.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                var now = State(hasFailed, out var isComplete);
                if (now != last)
                    (last, since) = (now, Stopwatch.GetTimestamp());
                else if (now != handled && (isComplete || Stopwatch.GetElapsedTime(since) > _timeout))
                    (handled, hasFailed) = await ReloadAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A directory that is being replaced. The next tick looks again.
            }
        }
    }

    /// <summary>Reloads, and returns the state of the files that needs no other reload.</summary>
    private async Task<(string Handled, bool HasFailed)> ReloadAsync()
    {
        var before = (Plain: State(false, out _), WithDirectories: State(true, out _));
        if (!await _deployment.Reloads.TryRunAsync())
            return (before.WithDirectories, true);

        // A file that the new services do not record again would cause reloads for ever.
        return (State(false, out _) == before.Plain ? before.Plain : Text(_deployment.Source.Files), false);
    }

    /// <summary>Returns a text that is another one after each save.</summary>
    /// <param name="withDirectories">True after a failed reload, which may have failed for a file that is not known.</param>
    /// <param name="isComplete">False if a source file does not exist or is empty.</param>
    private string State(bool withDirectories, out bool isComplete)
    {
        List<SourceStamp> files = [.. _deployment.Source.Files.Select(file => SourceStamp.Of(file.Path))];
        isComplete = _deployment.Source.Files.Zip(files).All(pair => pair.First.Stamp is null || pair.Second.Stamp is { Size: > 0 });
        var changed = TreeOrder.Of(_deployment.Application).OfType<Service>().SelectMany(service => service.ChangedFiles).Select(_deployment.Application.ResolvePath).Distinct();
        files.AddRange(changed.Select(SourceStamp.Of));
        if (withDirectories)
            files.AddRange(InDirectoriesOf(files));
        return Text(files);
    }

    /// <summary>Returns the files beside others. For files that are not sources, only the names count, because a log file changes with each failure.</summary>
    private static List<SourceStamp> InDirectoriesOf(IReadOnlyList<SourceStamp> files) =>
        [.. files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct().Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal)
            .Select(path => Path.GetExtension(path) is ".csx" or ".cs" or ".json" or ".dll" ? SourceStamp.Of(path) : new SourceStamp(path, null))];

    private static string Text(IReadOnlyList<SourceStamp> files)
    {
        StringBuilder text = new();
        foreach (var (path, stamp) in files)
            text.Append(CultureInfo.InvariantCulture, $"{path}\0{stamp}\n");
        return text.ToString();
    }
}

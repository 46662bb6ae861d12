using System.Globalization;
using TacHost.Hosting.Operations;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>Keeps the status line of the service manager true while the process serves: open connections, and services that have failed.</summary>
internal sealed class StatusTicker : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly HostProcess _process;
    private readonly string _summary;
    private readonly Timer? _timer;
    private string _last;

    /// <param name="process">The process.</param>
    /// <param name="summary">The status that the manager was told when the start was over.</param>
    public StatusTicker(HostProcess process, string summary)
    {
        (_process, _summary, _last) = (process, summary, summary);
        if (!process.Manager.IsConnected)
            return;
        _timer = new Timer(static ticker => ((StatusTicker)ticker!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Continue();
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>The next tick is scheduled after this one has ended, so that an unresponsive service blocks one thread at most.</summary>
    private void Tick()
    {
        try
        {
            SendStatus();
        }
        catch (Exception e)
        {
            HostLog.TreeDidNotAnswer(_process.Log.Host, e);
        }

        Continue();
    }

    private void SendStatus()
    {
        var applications = Reports.Of(_process).Applications;
        var (connections, failed) = (applications.Sum(each => each.Connections), applications.SelectMany(each => each.Failed).ToList());
        var text = string.Create(CultureInfo.InvariantCulture, $"{_summary}{(connections > 0 ? $", {connections} open {(connections == 1 ? "connection" : "connections")}" : "")}{(failed.Count > 0 ? $", failed: {string.Join(", ", failed)}" : "")}");
        if (text == _last)
            return;
        _last = text;
        _process.Manager.ServingStatus(text);
    }

    private void Continue()
    {
        try
        {
            _timer!.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The process is stopping.
        }
    }
}

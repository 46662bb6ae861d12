using TacHost.Daemon;
using TacHost.Services;
using TacHost.Services.Infrastructure;

namespace TacHost.Hosting.Upgrading;

/// <summary>An upgrade from the viewpoint of the new process: its services use the sockets of the old process, and serve from the commit on (ADR 37).</summary>
internal sealed class Takeover(PredecessorLink link) : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly List<TreeTakeover> _trees = [];
    private PidFileTakeover? _pidFile;

    /// <summary>Offers the sockets of the old process to a tree before its start. Bodies of services wait for the end of the old process.</summary>
    /// <param name="application">The tree.</param>
    /// <param name="tree">The index of the application, or <see cref="PassedSocket.Metrics"/>.</param>
    public void Adopt(Application application, int tree) =>
        _trees.Add(new TreeTakeover(application, link.Sockets.Where(each => each.Tree == tree).Select(each => (each.Descriptor, each.ServicePath, each.Name))));

    /// <summary>Prepares the pid file, so that replacing that of the old process is one step.</summary>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public void PreparePidFile(string? path) => _pidFile = path is null ? null : PidFileTakeover.Prepare(path);

    /// <summary>Waits until the old process orders this one to serve, or has ended.</summary>
    /// <returns>False if a signal came first.</returns>
    public bool WaitForOrder(CancellationToken interrupted) => link.WaitForOrder(interrupted);

    /// <summary>Replaces the pid file and begins to accept.</summary>
    /// <returns>The pid file, or null without one.</returns>
    public PidFile? Commit()
    {
        var placed = _pidFile?.Place();
        foreach (var tree in _trees)
            tree.Commit();
        return placed;
    }

    /// <summary>Tells the old process that this one serves, and waits until it has told the service manager.</summary>
    public void Report()
    {
        link.Answer();
        using CancellationTokenSource limit = new(_timeout);
        link.WaitForOrder(limit.Token);
    }

    /// <summary>Waits for the end of the old process on a thread. Then bodies run, and the sockets are those of this process alone.</summary>
    public void FollowPredecessor() => new Thread(() =>
    {
        link.WaitForEnd();
        foreach (var tree in _trees)
            tree.Complete();
    })
    { IsBackground = true, Name = "predecessor" }.Start();

    public void Dispose() => _pidFile?.Dispose();
}

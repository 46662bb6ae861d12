using TacHost.Daemon;
using TacHost.Native;
using TacHost.Services;
using TacHost.Services.Infrastructure;

namespace TacHost.Hosting.Upgrading;

/// <summary>The sockets of a process that it passes to its successor.</summary>
internal sealed class UpgradeSockets : IDisposable
{
    private readonly List<TreeHandover> _trees = [];
    private readonly List<PassedSocket> _passed = [];

    public UpgradeSockets(HostProcess process)
    {
        foreach (var (index, deployment) in process.Deployments.Index())
        {
            if (deployment.HasApplication)
                Add(index, deployment.Application);
        }

        if (process.Monitoring is { } monitoring)
            Add(PassedSocket.Metrics, monitoring.Tree);
    }

    public IReadOnlyList<PassedSocket> Passed => _passed;

    /// <summary>Gets the descriptors that the successor finds under the same numbers: those of systemd, and those that services name.</summary>
    public IReadOnlyList<int> Originals =>
        [.. Enumerable.Range(ListenVariables.FirstDescriptor, SocketActivation.Count).Union(_trees.SelectMany(tree => tree.Descriptors))];

    /// <summary>Sets whether the successor may use the sockets, so that this process closes them without an effect on it.</summary>
    public void Share(bool areShared)
    {
        foreach (var tree in _trees)
            tree.Share(areShared);
    }

    public void Dispose()
    {
        foreach (var tree in _trees)
            tree.Dispose();
    }

    private void Add(int index, Application application)
    {
        TreeHandover tree = new(application);
        _trees.Add(tree);
        _passed.AddRange(tree.Sockets.Select(socket => new PassedSocket(index, socket.Descriptor, socket.ServicePath, socket.Name)));
    }
}

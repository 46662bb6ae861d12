using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;

namespace TacHost.Fleet;

/// <summary>A pipe that only the emperor can write to. At its end, which the death of the emperor is, the deployments end.</summary>
/// <remarks>PR_SET_PDEATHSIG would not do: it means the thread that has started the process.</remarks>
internal sealed class Leash : IDisposable
{
    private readonly SafeFileHandle _write;

    public Leash() => (Read, _write) = Pipe.Create("the leash of the fleet");

    /// <summary>Gets the end that the deployments inherit.</summary>
    public SafeFileHandle Read { get; }

    public void Dispose()
    {
        Read.Dispose();
        _write.Dispose();
    }
}

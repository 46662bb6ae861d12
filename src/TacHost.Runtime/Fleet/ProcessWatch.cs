using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>Reports the ends of processes, children or not, on one thread for all of them.</summary>
/// <remarks>A descriptor of pidfd_open(2) becomes readable when its process ends. SIGCHLD does not report adopted processes, and .NET has its own handler for it.</remarks>
internal sealed class ProcessWatch : IDisposable
{
    private const short Input = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Action> _watched = [];
    private readonly SafeFileHandle _read;
    private readonly FileStream _write;
    private volatile bool _isDisposed;
    private bool _isOver;

    public ProcessWatch()
    {
        var (read, write) = Pipe.Create("the watch of the fleet");
        (_read, _write) = (read, new FileStream(write, FileAccess.Write, bufferSize: 0));
        new Thread(Run) { IsBackground = true, Name = "processes of the fleet" }.Start();
    }

    /// <summary>Calls back once when the process has ended, on the thread of the watch.</summary>
    /// <param name="process">The descriptor of the process. It must stay open until the call.</param>
    /// <param name="onEnd">The callback, which must not block.</param>
    public void Add(SafeFileHandle process, Action onEnd)
    {
        lock (_gate)
            _watched.Add((int)process.DangerousGetHandle(), onEnd);
        Wake();
    }

    /// <summary>Forgets a process without a callback.</summary>
    public void Remove(SafeFileHandle process)
    {
        lock (_gate)
            _watched.Remove((int)process.DangerousGetHandle());
        Wake();
    }

    public void Dispose()
    {
        _isDisposed = true;
        Wake();
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (!_isOver)
                _write.WriteByte(0);
        }
    }

    private void Run()
    {
        using FileStream reading = new(_read, FileAccess.Read, bufferSize: 0);
        var bytes = new byte[256];
        while (!_isDisposed)
        {
            var descriptors = Descriptors();
            Polling.WaitForAny(descriptors);
            if (descriptors[0].ReturnedEvents != 0)
                reading.ReadAtLeast(bytes, 1, throwOnEndOfStream: false);
            for (var i = 1; i < descriptors.Length; i++)
            {
                if (descriptors[i].ReturnedEvents != 0)
                    Take(descriptors[i].Descriptor)?.Invoke();
            }
        }

        lock (_gate)
        {
            _isOver = true;
            _write.Dispose();
        }
    }

    private PollDescriptor[] Descriptors()
    {
        lock (_gate)
            return [ForInput((int)_read.DangerousGetHandle()), .. _watched.Keys.Select(ForInput)];
    }

    private static PollDescriptor ForInput(int descriptor) => new() { Descriptor = descriptor, Events = Input };

    private Action? Take(int descriptor)
    {
        lock (_gate)
            return _watched.Remove(descriptor, out var onEnd) ? onEnd : null;
    }
}

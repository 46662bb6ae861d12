using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Infrastructure;

/// <summary>The bound sockets of a running application, for another process that takes over from this one.</summary>
/// <remarks>The descriptors are duplicates, so that a service can stop meanwhile.</remarks>
public sealed class TreeHandover : IDisposable
{
    private readonly List<IRetainedSocket> _sockets = [];
    /// <summary>Not <c>SafeSocketHandle</c>, which sets SO_LINGER on the shared socket when it is disposed.</summary>
    private readonly List<SafeFileHandle> _duplicates = [];
    private readonly List<(int Descriptor, string ServicePath, string Name)> _all = [];

    /// <summary>Initializes the object with the sockets that the application has now.</summary>
    /// <param name="application">The running application.</param>
    public TreeHandover(Application application)
    {
        ArgumentNullException.ThrowIfNull(application);
        foreach (var socket in application.ListeningSockets.All)
        {
            if (Duplicate(socket.Handle) is not { } duplicate)
                continue;
            _duplicates.Add(duplicate);
            _sockets.Add(socket);
            _all.Add(((int)duplicate.DangerousGetHandle(), socket.ServicePath, socket.Name!));
        }

        Descriptors = application.ListeningSockets.InheritedDescriptors;
    }

    /// <summary>Gets the sockets with their endpoints, such as <c>tcp:127.0.0.1:10000</c>. The descriptors are valid until this object is disposed.</summary>
    public IReadOnlyList<(int Descriptor, string ServicePath, string Name)> Sockets => _all;

    /// <summary>Gets the descriptors that this process has inherited itself, and that services name by their numbers.</summary>
    public IReadOnlyList<int> Descriptors { get; }

    /// <summary>Sets whether the other process may use the sockets. If so, this process closes them without an effect on the other one.</summary>
    /// <param name="areShared">true if it may.</param>
    public void Share(bool areShared)
    {
        foreach (var socket in _sockets)
            socket.IsShared = areShared;
    }

    /// <summary>Closes the duplicates.</summary>
    public void Dispose()
    {
        foreach (var duplicate in _duplicates)
            duplicate.Dispose();
    }

    /// <summary>Returns null for a socket that its service has just closed.</summary>
    private static SafeFileHandle? Duplicate(SafeHandle socket)
    {
        const int firstDescriptor = 3;
        try
        {
            SafeFileHandle duplicate = new(Libc.Fcntl((int)socket.DangerousGetHandle(), DescriptorCommand.DuplicateCloseOnExec, firstDescriptor), ownsHandle: true);
            return duplicate.IsInvalid ? null : duplicate;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}

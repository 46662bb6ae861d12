using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The old process of an upgrade, from the viewpoint of the new one (ADR 37).</summary>
internal sealed class PredecessorLink : IDisposable
{
    private const string Variable = "TACHOST_UPGRADE";

    /// <summary>The first part of the variable. A program that does not know it refuses, so that the old process keeps running.</summary>
    private const string Version = "1";

    private const int CloseOnExec = 1;

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _orders;
    private readonly FileStream _answers;

    private PredecessorLink(SafeFileHandle orders, SafeFileHandle answers, IReadOnlyList<PassedSocket> sockets) =>
        (_orders, _answers, Sockets) = (new FileStream(orders, FileAccess.Read, bufferSize: 0), new FileStream(answers, FileAccess.Write, bufferSize: 0), sockets);

    /// <summary>Gets the inherited sockets.</summary>
    public IReadOnlyList<PassedSocket> Sockets { get; }

    /// <summary>Returns the environment variable for descriptors of the orders, the answers and the list of sockets.</summary>
    public static string VariableFor(IEnumerable<int> descriptors) => $"{Variable}={Version},{string.Join(',', descriptors)}";

    /// <summary>Gets whether this process was started by an upgrade and has not received the link.</summary>
    public static bool IsPending => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Removes the variable from the environment of a new process.</summary>
    public static void RemoveFrom(Dictionary<string, string> environment) => environment.Remove(Variable);

    /// <summary>Checks that the environment of a process that a user has started does not name an old process.</summary>
    /// <exception cref="TacHostException">The environment does.</exception>
    public static void RequireNone()
    {
        if (IsPending)
            throw new TacHostException(ExitCode.Usage, $"{Variable} is set, but is reserved for tachost. Unset it.");
    }

    /// <summary>Returns the link to the old process, or null if this process was not started by an upgrade.</summary>
    /// <exception cref="TacHostException">The old process is of a version that does the upgrade in another way.</exception>
    public static PredecessorLink? Receive()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } value)
            return null;
        Environment.SetEnvironmentVariable(Variable, null);
        if (value.Split(',') is not [Version, var orders, var answers, var list])
            throw new TacHostException(ExitCode.Usage, "this version cannot upgrade the running process. Restart the application.");
        using var file = Own(list);
        var sockets = PassedSocket.Read(file);
        foreach (var socket in sockets)
            Libc.Fcntl(socket.Descriptor, DescriptorCommand.SetFlags, CloseOnExec);
        return new PredecessorLink(Own(orders), Own(answers), sockets);
    }

    /// <summary>Waits for the order to serve. The end of the old process counts as one, because no other process serves then.</summary>
    /// <returns>False if the wait was interrupted.</returns>
    public bool WaitForOrder(CancellationToken interrupted)
    {
        while (!Polling.WaitForInput(_orders.SafeFileHandle, _pollInterval))
        {
            if (interrupted.IsCancellationRequested)
                return false;
        }

        _orders.ReadByte();
        return true;
    }

    /// <summary>Tells the old process that this one serves.</summary>
    public void Answer()
    {
        try
        {
            _answers.WriteByte(1);
        }
        catch (IOException)
        {
            // The old process has ended.
        }
    }

    /// <summary>Blocks until the old process has ended.</summary>
    public void WaitForEnd()
    {
        while (_orders.ReadByte() >= 0)
        {
        }
    }

    public void Dispose()
    {
        _orders.Dispose();
        _answers.Dispose();
    }

    private static SafeFileHandle Own(string number)
    {
        var descriptor = int.Parse(number, CultureInfo.InvariantCulture);
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, CloseOnExec);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}

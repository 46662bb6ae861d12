using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The sockets that systemd has opened for this process (sd_listen_fds(3)), which are passed on to its successor.</summary>
/// <remarks>They belong to the process whose ID is in LISTEN_PID, and a process learns its own ID only after its start.</remarks>
internal static class SocketActivation
{
    private const string Marker = "handover";

    /// <summary>Gets the value of LISTEN_PID for the successor: a marker, or the unchanged value if the sockets are not for this process.</summary>
    public static string HandedOver => IsForThisProcess ? Marker : Environment.GetEnvironmentVariable(ListenVariables.Process) ?? "";

    public static int Count => IsForThisProcess ? InheritedCount : 0;

    private static int InheritedCount => ListenVariables.ParseCount(Environment.GetEnvironmentVariable(ListenVariables.Count));

    private static bool IsForThisProcess =>
        Environment.GetEnvironmentVariable(ListenVariables.Process) == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Closes the inherited sockets in a process that is not the successor.</summary>
    public static void Close()
    {
        if (Environment.GetEnvironmentVariable(ListenVariables.Process) != Marker)
            return;
        for (var descriptor = ListenVariables.FirstDescriptor; descriptor < ListenVariables.FirstDescriptor + InheritedCount; descriptor++)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
    }

    /// <summary>Marks the inherited sockets as belonging to this process.</summary>
    public static void TakeOver()
    {
        if (Environment.GetEnvironmentVariable(ListenVariables.Process) == Marker)
            Environment.SetEnvironmentVariable(ListenVariables.Process, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }
}

using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Daemon;

/// <summary>The sockets that systemd opened for this process (sd_listen_fds(3)), on their way to the process that goes on in its place.</summary>
/// <remarks>They are meant for the process whose id stands in LISTEN_PID, and a new process learns its own id only when it runs.</remarks>
internal static class SocketActivation
{
    public const string ProcessVariable = "LISTEN_PID";
    public const int FirstDescriptor = 3;

    private const string CountVariable = "LISTEN_FDS";
    private const string Marker = "handover";

    /// <summary>What stands in LISTEN_PID on the way; what stood there, if the sockets were not meant for this process.</summary>
    public static string HandedOver => IsForThisProcess ? Marker : Environment.GetEnvironmentVariable(ProcessVariable) ?? "";

    /// <summary>How many there are for this process.</summary>
    public static int Count =>
        IsForThisProcess && int.TryParse(Environment.GetEnvironmentVariable(CountVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static bool IsForThisProcess =>
        Environment.GetEnvironmentVariable(ProcessVariable) == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Closes what was handed over, in a process that is not the one for which the sockets are.</summary>
    public static void Close()
    {
        if (Environment.GetEnvironmentVariable(ProcessVariable) != Marker || !int.TryParse(Environment.GetEnvironmentVariable(CountVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return;
        for (var descriptor = FirstDescriptor; descriptor < FirstDescriptor + count; descriptor++)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
    }

    /// <summary>Makes what was handed over this process's own.</summary>
    public static void TakeOver()
    {
        if (Environment.GetEnvironmentVariable(ProcessVariable) == Marker)
            Environment.SetEnvironmentVariable(ProcessVariable, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }
}

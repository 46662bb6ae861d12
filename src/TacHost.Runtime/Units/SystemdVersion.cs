using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TacHost.Units;

/// <summary>The version of systemd on this machine.</summary>
internal static class SystemdVersion
{
    private const int FirstWithNotifyReload = 253;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    /// <summary>Gets whether systemd has the service type <c>notify-reload</c>. False without systemd.</summary>
    public static bool HasNotifyReload => Read() >= FirstWithNotifyReload;

    private static int? Read()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("systemctl", ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var words = process.StandardOutput.ReadLine()?.Split(' ') ?? [];
            if (!process.WaitForExit(_timeout))
                process.Kill();
            return words is ["systemd", var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
    }
}

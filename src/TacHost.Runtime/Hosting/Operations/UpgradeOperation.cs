using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Logging;
using TacHost.Native;

namespace TacHost.Hosting.Operations;

/// <summary>Upgrades the process for a client of the control socket.</summary>
internal static class UpgradeOperation
{
    /// <summary>Executes the method <c>upgrade</c>. A disconnect of the client does not stop it.</summary>
    /// <exception cref="TacHostException">The upgrade failed, and this process serves as before.</exception>
    public static void Run(HostProcess process, ControlCall call)
    {
        HostLog.UpgradeAsked(process.Log.Host, Accounts.User(call.Caller.User)?.Name ?? call.Caller.User.ToString(System.Globalization.CultureInfo.InvariantCulture), call.Caller.Process);
        var result = process.Upgrade.Run(call.Text("program"));
        call.Answer(new UpgradeReport(HostVersion.Text, result.Version, Environment.ProcessId, result.Process, result.Took.TotalMilliseconds), ControlJson.Default.UpgradeReport);
    }
}

using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Processes.ProcMon;

/// <summary>The plugin that creates a <see cref="ProcessMonitor"/> from the command line.</summary>
[Plugin("procmon", "Keeps commands running, and logs what they print.")]
public sealed class ProcMonServiceMaker : ServiceMaker<ProcMonCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(ProcMonCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ProcessMonitor monitor = new()
        {
            Threshold = options.Threshold,
            KillTime = options.KillTime,
            MinRestartDelay = options.MinRestartDelay,
            MaxRestartDelay = options.MaxRestartDelay,
        };
        foreach (var (name, line) in options.Commands)
            monitor.AddProcess(name, Command("/bin/sh", "-c", line));
        if (options.Command.Count > 0)
            monitor.AddProcess(ProcMonCommandLine.NameOf(options.Command[0]), Command([.. options.Command]));
        return monitor;

        ProcessCommand Command(params string[] words) => new(words)
        {
            StopSignal = options.StopSignal,
            User = options.UserAndGroup.User,
            Group = options.UserAndGroup.Group,
            Restart = options.Restart,
            MaxFailures = options.MaxFailures,
        };
    }
}

using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost;

/// <summary>Prepares an application for a running process that reloads or is upgraded: compiles the tac file or reads the plugin, and becomes the host, which tries it or runs it.</summary>
internal static class ReloadPreparation
{
    /// <summary>Executes the command line that <see cref="PreparationProcess"/> or <see cref="SuccessorProcess"/> describes.</summary>
    /// <param name="args">The words.</param>
    /// <param name="prepare">Prepares the source that the options name.</param>
    public static int Run(string[] args, Func<HostOptions, PreparedApplication> prepare)
    {
        if (Handover.TakeForAnswer() is not var (file, pipe))
            return ExitCode.Usage;
        using StartupReport report = new(pipe);
        return report.Guard("command", () =>
        {
            if (args[0] == SuccessorProcess.Word)
            {
                Environment.CurrentDirectory = args[1];
                Handover.Write(file, prepare(((HostRequest.Run)HostRequest.Read(args[2..])).Options));
                return HostExecution.ReplaceWith(args[2..], file, pipe);
            }

            if (PreparationArguments.TryRead(args) is not var (options, _, tried))
                return ExitCode.Usage;
            var prepared = prepare(options);
            Handover.Write(file, prepared);
            if (PreparedFingerprint.Of(prepared) == tried)
            {
                report.Running("");
                return ExitCode.Success;
            }

            return HostExecution.ReplaceWith(args, file, pipe);
        });
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>The text of <c>--help</c>, made from the definitions of the options.</summary>
internal static class HelpText
{
    private const int OptionColumn = 26;
    private const int Width = 100;

    public static string Of(HostCommandLine commandLine)
    {
        var text = new StringBuilder();
        text.Append("""
            Usage: tachost [options] FILE

            Runs the application that a tac file, a C# script, leaves in its global named 'application':
            as a daemon that outlives this terminal, or in the foreground with --nodaemon.

              tachost deployments/ecstasy.csx              start a daemon
              tachost --nodaemon deployments/ecstasy.csx   stay here and log to the terminal
              kill $(cat tachost.pid)                      stop the daemon

            Options:

            """);
        foreach (var option in commandLine.Options)
            AppendOption(text, option);
        text.Append("""

            Paths of --pidfile and --logfile start at the directory in which tachost was started.

            Exit codes:
              0   started, or with --nodaemon run and stopped as asked
              64  wrong usage                          73  pid file or log cannot be written
              65  the tac file is wrong                75  the start or the stop took too long
              66  the tac file cannot be read          78  another instance runs already
              69  a service did not start             130  interrupted while starting
              70  a service or the tac threw
              71  the operating system refused

            Signals:
              SIGINT, SIGTERM   stop the services in reverse, within the grace period; twice: at once

            Files:
              tachost.pid       the process id; present and locked while the daemon runs
              tachost.log       the log; tachost.log.1 is the newest of up to 10 older ones of 1,000,000 bytes

            Environment:
              TACHOST_PATH      directories for #r, separated by ':', after those of --lib
              TACHOST_CACHE     where compiled tac files are kept; default $XDG_CACHE_HOME/tachost or ~/.cache/tachost

            """);
        return text.ToString();
    }

    private static void AppendOption(StringBuilder text, Option option)
    {
        var alias = option.Aliases.FirstOrDefault();
        var names = alias is null ? $"      {option.Name}" : $"  {alias}, {option.Name}";
        if (option.HelpName is not null)
            names += $" {option.HelpName}";
        var description = option.Description + (option.HasDefaultValue && option.HelpName is not null ? $" Default: {Default(option)}." : "");
        text.Append(names.PadRight(OptionColumn));
        if (names.Length >= OptionColumn)
            text.Append('\n').Append(' ', OptionColumn);
        var column = OptionColumn;
        foreach (var word in description.Split(' '))
        {
            if (column + word.Length > Width)
            {
                text.Append('\n').Append(' ', OptionColumn);
                column = OptionColumn;
            }

            text.Append(word).Append(' ');
            column += word.Length + 1;
        }

        text.Length--;
        text.Append('\n');
    }

    private static string Default(Option option) => option.GetDefaultValue() switch
    {
        TimeSpan time => time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        var value => value?.ToString() ?? "",
    };
}

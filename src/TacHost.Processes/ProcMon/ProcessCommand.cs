using TacHost.Services;
using TacHost.Services.Supervision;

namespace TacHost.Processes.ProcMon;

/// <summary>A command of a <see cref="ProcessMonitor"/>, and how it is run, stopped and restarted.</summary>
public sealed record ProcessCommand
{
    /// <summary>Initializes a command with its defaults.</summary>
    /// <param name="words">The program, looked for in PATH if its name has no slash, and its arguments. No shell is involved.</param>
    /// <exception cref="ArgumentException">The words name no program.</exception>
    public ProcessCommand(params IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0 || words[0].Length == 0)
            throw new ArgumentException("The command names no program.", nameof(words));
        Words = [.. words];
    }

    /// <summary>Gets the program and its arguments.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Gets variables to set, or with null as the value to leave out, on top of the environment of this process. Defaults to none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets the working directory. A relative one starts at the base directory of the application. Defaults to null: the directory of this process.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets the user that the program runs as, by name or number, with the user's groups and environment. It takes root. Defaults to null: the user of this process.</summary>
    public string? User { get; init; }

    /// <summary>Gets the group that the program runs as, by name or number. Defaults to null: the user's own.</summary>
    public string? Group { get; init; }

    /// <summary>Gets the signal that asks the program to end. Defaults to SIGTERM.</summary>
    public StopSignal StopSignal { get; init; }

    /// <summary>Gets when the command is started again: always, only after a failure (<see cref="RestartPolicy.Transient"/>: exit code 0 is the end of its work), or never. Defaults to always.</summary>
    public RestartPolicy Restart { get; init; }

    /// <summary>Gets how many runs in a row may be shorter than <see cref="ProcessMonitor.Threshold"/>, or not start at all, before the command is not restarted any more. The other commands keep running. Defaults to null: any number.</summary>
    public int? MaxFailures { get; init => field = SettingRange.Limit(value); }
}

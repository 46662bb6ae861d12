using System.Collections;

namespace TacHost.Processes;

/// <summary>The environment of started programs.</summary>
internal static class InheritedEnvironment
{
    private static readonly string[] _notInherited = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];

    /// <summary>The variables that programs of other users inherit. Other variables may contain secrets.</summary>
    private static readonly string[] _forOtherUsers = ["LANG", "LANGUAGE", "TZ"];

    /// <summary>Returns the environment of this process without the variables that the service manager set for this process only.</summary>
    /// <param name="changes">The variables to set; a null value removes a variable.</param>
    /// <returns>The variables as <c>NAME=value</c>.</returns>
    public static List<string> With(IEnumerable<KeyValuePair<string, string?>> changes)
    {
        Dictionary<string, string?> all = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            all[(string)variable.Key] = (string?)variable.Value;
        foreach (var variable in _notInherited)
            all.Remove(variable);
        foreach (var (variable, value) in changes)
            all[variable] = value;
        return Texts(all);
    }

    /// <summary>Returns the environment for a program of another user: the language, the time zone, and the system's default PATH.</summary>
    /// <returns>The variables as <c>NAME=value</c>.</returns>
    public static List<string> OfAnotherUserWith(IEnumerable<KeyValuePair<string, string?>> changes)
    {
        Dictionary<string, string?> all = new() { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && (_forOtherUsers.Contains(name) || name.StartsWith("LC_", StringComparison.Ordinal)))
                all[name] = (string?)variable.Value;
        }

        foreach (var (variable, value) in changes)
            all[variable] = value;
        return Texts(all);
    }

    private static List<string> Texts(Dictionary<string, string?> all) => [.. all.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}")];
}

using System.Collections;

namespace TacHost.Servers.Processes;

/// <summary>The environment of programs that are started.</summary>
internal static class InheritedEnvironment
{
    private static readonly string[] _notInherited = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];

    /// <summary>What programs of other users have in common with this process. Anything else may be a secret of its user's.</summary>
    private static readonly string[] _forOtherUsers = ["LANG", "LANGUAGE", "TZ"];

    /// <summary>This process's, but for what its service manager said to it alone.</summary>
    /// <param name="changes">Variables to set, or with null as the value to leave out.</param>
    /// <returns>As <c>NAME=value</c>.</returns>
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

    /// <summary>What a program of another user finds: the language, the time zone, and the system's directories as PATH.</summary>
    /// <param name="changes">Variables to set.</param>
    /// <returns>As <c>NAME=value</c>.</returns>
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

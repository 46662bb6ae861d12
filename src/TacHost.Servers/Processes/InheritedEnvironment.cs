using System.Collections;

namespace TacHost.Servers.Processes;

/// <summary>The environment of programs that are started: this process's, but for what its service manager said to it alone.</summary>
internal static class InheritedEnvironment
{
    private static readonly string[] _notInherited = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"];

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
        return [.. all.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}")];
    }
}

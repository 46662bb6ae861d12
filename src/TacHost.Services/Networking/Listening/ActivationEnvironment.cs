using System.Globalization;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>The environment of socket activation, which lists the sockets that systemd opened for this process: sd_listen_fds_with_names(3).</summary>
/// <remarks>
/// Only this class reads <c>LISTEN_PID</c>, <c>LISTEN_FDS</c> and <c>LISTEN_FDNAMES</c>.
/// As in sd_listen_fds(3), descriptors count only if <c>LISTEN_PID</c> is this process, because child processes inherit the variables but not the sockets.
/// A daemon runs the application in another process than the one that systemd started, so the host must pass the sockets to that process.
/// That process inherits the descriptors. If <c>LISTEN_PID</c> was the ID of its parent, it is set to its own ID before the application starts.
/// </remarks>
internal sealed class ActivationEnvironment(Func<string, string?> variable, int processId, int firstDescriptor = ListenVariables.FirstDescriptor)
{
    public static ActivationEnvironment OfThisProcess => new(Environment.GetEnvironmentVariable, Environment.ProcessId);

    /// <summary>Gets the reason why there are no sockets, as a clause, or null if there are sockets.</summary>
    public string? MissingReason
    {
        get
        {
            var process = variable(ListenVariables.Process);
            if (string.IsNullOrEmpty(process))
                return "LISTEN_PID is not set: systemd opened no socket for it";
            if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id != processId)
                return $"LISTEN_PID is '{process}', but this is process {processId}";
            return Count == 0 ? $"LISTEN_FDS is '{variable(ListenVariables.Count)}'" : null;
        }
    }

    public int Count => ListenVariables.ParseCount(variable(ListenVariables.Count));

    /// <summary>Gets the names of the sockets in order. A socket without a name is called "unknown", as in systemd.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = variable(ListenVariables.Names)?.Split(':') ?? [];
            return [.. Enumerable.Range(0, Count).Select(index => index < names.Length ? names[index] : "unknown")];
        }
    }

    public int DescriptorAt(int index) => firstDescriptor + index;
}

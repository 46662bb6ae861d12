using System.Globalization;

namespace TacHost.Services.Networking.Listening;

/// <summary>What systemd says about the sockets that it opened for this process: sd_listen_fds_with_names(3).</summary>
/// <remarks>
/// The only place that looks at <c>LISTEN_PID</c>, <c>LISTEN_FDS</c> and <c>LISTEN_FDNAMES</c>. As in sd_listen_fds(3), descriptors count only if
/// <c>LISTEN_PID</c> is this process, since others inherit the variables but not the sockets. A host that runs the application in a process other
/// than the one that systemd started, as a daemon is, hands the sockets on: it lets that process inherit the descriptors, and sets <c>LISTEN_PID</c> there
/// to that process's own id before the application starts, if it was the id of the process it comes from.
/// </remarks>
internal sealed class ActivationEnvironment(Func<string, string?> variable, int processId, int firstDescriptor = ActivationEnvironment.FirstDescriptor)
{
    private const int FirstDescriptor = 3;

    /// <summary>A guard against nonsense in the variable: no process has more descriptors than that by default (fs.nr_open).</summary>
    private const int MostDescriptors = 1_048_576;

    public static ActivationEnvironment OfThisProcess => new(Environment.GetEnvironmentVariable, Environment.ProcessId);

    /// <summary>Why there are no sockets, in words; null if there are some.</summary>
    public string? WhyNone
    {
        get
        {
            var process = variable("LISTEN_PID");
            if (string.IsNullOrEmpty(process))
                return "LISTEN_PID is not set: systemd opened no socket for it";
            if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id != processId)
                return $"LISTEN_PID is '{process}', but this is process {processId}";
            return Count == 0 ? $"LISTEN_FDS is '{variable("LISTEN_FDS")}'" : null;
        }
    }

    /// <summary>How many there are.</summary>
    public int Count =>
        int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostDescriptors ? count : 0;

    /// <summary>Their names, in order; one that has none is called "unknown", as by systemd.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var names = variable("LISTEN_FDNAMES")?.Split(':') ?? [];
            return [.. Enumerable.Range(0, Count).Select(index => index < names.Length ? names[index] : "unknown")];
        }
    }

    /// <summary>The descriptor of the socket at a position of the list.</summary>
    public int DescriptorAt(int index) => firstDescriptor + index;
}
